import com.cloudbees.groovy.cps.Continuable
import com.cloudbees.groovy.cps.SerializableScript

/** What every script of a pipeline has: steps without a body, by name, as CpsScript hands them to the DSL. */
abstract class Recording extends SerializableScript {

    /** Steps of the plug-ins that every Pipeline installation has, and of those that it may have. */
    private static final List<String> KNOWN = [
        'archiveArtifacts', 'checkout', 'copyArtifacts', 'deleteDir', 'echo', 'error', 'fileExists', 'git', 'isUnix',
        'junit', 'libraryResource', 'powershell', 'publishHTML', 'pwd', 'readFile', 'recordIssues', 'sh', 'unstable',
        'writeFile', 'stash', 'unstash',
    ]
    /** Names of things that steps take as arguments. */
    private static final List<String> SYMBOLS = [
        'issues', 'usernamePassword', 'string', 'lastSuccessful', 'booleanParam',
    ]

    @Override
    Object getProperty(String name) {
        return name == 'env' ? new Environment() : name == 'scm' ? [:] : super.getProperty(name)
    }

    @Override
    Object invokeMethod(String name, Object arguments) {
        Build build = Build.here()
        Object[] all = arguments instanceof Object[] ? arguments : [arguments] as Object[]
        Object script = build.vars.get(name)
        if (script != null) {
            return script.call(*all)
        }
        boolean there = build.has(name) && (name in KNOWN || name in SYMBOLS)
        if (!there) {
            throw new NoSuchMethodError("No such DSL method '" + name + "' found among steps " + KNOWN)
        }
        if (name in SYMBOLS) {
            return new LinkedHashMap(symbol: name, arguments: all ? all[0] : [:])
        }
        build.record(name, all ? all[0] : null)
        return Continuable.suspend(new LinkedHashMap(step: name, arguments: all ? all[0] : null))
    }

}
