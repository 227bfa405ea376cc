/** Where in the build a branch of it stands: its variables and its directory. */
class Context {

    File workspace
    List<Map<String, String>> variables = []
    List<String> directories = []

    Context copy() {
        return new Context(workspace: workspace, variables: new ArrayList(variables), directories: new ArrayList(directories))
    }

    File directory() {
        File made = workspace
        for (String one : directories) {
            made = one.startsWith('/') ? new File(one) : new File(made, one)
        }
        return made
    }

    String relative() { String.join('/', directories) }

    File file(String path) {
        return path.startsWith('/') ? new File(path) : new File(directory(), path)
    }

    /** As hudson.EnvVars: an empty value unsets, and nothing in a value is expanded. */
    Map<String, String> environment() {
        Map<String, String> made = new LinkedHashMap(Build.here().environment)
        for (Map<String, String> one : variables) {
            one.each { k, v -> v ? made.put(k, v) : made.remove(k) }
        }
        return made
    }

}
