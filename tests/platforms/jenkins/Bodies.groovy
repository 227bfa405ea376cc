/** What steps with a body do before it and after it. */
class Bodies {

    static void told(String name, Object arguments) {
        Build.here().record(name, arguments)
    }

    static void environment(String name, List overrides) {
        told(name, overrides)
        Map<String, String> made = [:]
        for (Object one : overrides) {
            if (!(one instanceof String)) {
                throw new ClassCastException('withEnv takes texts, not ' + one.getClass().name)
            }
            int at = one.indexOf('=')
            assert at > 0
            made.put(one.substring(0, at), one.substring(at + 1))
        }
        Build.context().variables.add(made)
    }

    static void credentials(List bindings) {
        told('withCredentials', bindings)
        Build build = Build.here()
        Map<String, String> made = [:]
        for (Object one : bindings) {
            Map asked = one.arguments
            Object kept = build.given.credentials?.get(asked.credentialsId)
            if (kept == null) {
                throw new Abort("Could not find credentials entry with ID '" + asked.credentialsId + "'")
            }
            if (one.symbol == 'usernamePassword') {
                made.put(asked.usernameVariable, kept.username)
                made.put(asked.passwordVariable, kept.password)
                build.secrets.add(kept.password)
            } else {
                made.put(asked.variable, kept.secret)
                build.secrets.add(kept.secret)
            }
        }
        Build.context().variables.add(made)
    }

    static void directory(String path) {
        told('dir', path)
        Build.context().directories.add(path)
    }

    static void leave(String what) {
        List kept = Build.context()[what]
        kept.remove(kept.size() - 1)
    }

}
