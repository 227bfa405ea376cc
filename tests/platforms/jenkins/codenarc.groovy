/* CodeNarc's rules for the library: all that it has for Jenkins, and what finds mistakes; not those of taste. */
ruleset {
    ruleset('rulesets/jenkins.xml')
    ruleset('rulesets/basic.xml')
    ruleset('rulesets/exceptions.xml')
    ruleset('rulesets/groovyism.xml')
    ruleset('rulesets/imports.xml')
    ruleset('rulesets/security.xml')
    ruleset('rulesets/serialization.xml')
    ruleset('rulesets/unused.xml') {
        UnusedVariable {
            ignoreVariableNames = '_' // what @Library stands at
        }
    }
}
