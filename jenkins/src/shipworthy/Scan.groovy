package shipworthy

/**
 * One call of scanImage: what it does in Jenkins, step by step.
 *
 * No text of others is part of a script or of Groovy: it goes into variables, and the scripts are
 * resources that are the same for every call.
 */
class Scan implements Serializable {

    private static final long serialVersionUID = 1L

    private final Object steps

    Scan(Object steps) {
        this.steps = steps
    }

    /** Scan, archive the reports whatever comes of it, publish what is asked for, then decide. */
    Map run(Map arguments) {
        Request request = Request.of(arguments)
        if (request.problems) {
            steps.error('scanImage: ' + String.join('; ', request.problems))
        }
        String name = claim(request.wantedName())
        String folder = request.value('reportDir') ?: 'shipworthy-report/' + name
        if (!request.value('reportDir')) {
            steps.dir(folder) { steps.deleteDir() } // an earlier build's must not pass for this one's
        }
        Outcome outcome = null
        try {
            outcome = scan(request, name, folder)
        } finally {
            steps.archiveArtifacts(artifacts: folder + '/**', allowEmptyArchive: true, fingerprint: true)
        }
        List<String> missing = new Publish(steps).run(request, name, folder, outcome)
        decide(request, outcome, missing)
        return outcome.result(name, folder, request.images)
    }

    /** A name that no other call of this build has; kept with the build, so that a restart forgets none. */
    private String claim(String wanted) {
        String taken = steps.env.SHIPWORTHY_JENKINS_NAMES ?: ''
        String name = Names.free(wanted, taken)
        steps.env.SHIPWORTHY_JENKINS_NAMES = taken + ' ' + name
        return name
    }

    private Outcome scan(Request request, String name, String folder) {
        String facts = folder + '/jenkins.json'
        String home = steps.pwd(tmp: true) + '/shipworthy'
        List<String> variables = request.variables()
        variables.addAll(new Tool(steps).variables(request, home, name))
        variables.add('SHIPWORTHY_CI=jenkins')
        variables.add('SHIPWORTHY_REPORT_DIR=' + folder)
        variables.add('SHIPWORTHY_JENKINS_FACTS=' + facts)
        String earlier = request.value('baselineFrom')
        if (earlier && steps.fileExists(earlier + '/' + folder)) { // as copyArtifacts puts them
            variables.add('SHIPWORTHY_BASELINE_FROM=' + earlier + '/' + folder)
        }
        int code = 0
        steps.withEnv(variables) {
            List bindings = bindings(request)
            if (bindings) {
                steps.withCredentials(bindings) { code = start() }
            } else {
                code = start()
            }
        }
        return new Outcome(code, Outcome.read(steps.fileExists(facts) ? steps.readFile(file: facts, encoding: 'UTF-8') : ''))
    }

    private int start() {
        if (steps.isUnix()) {
            String script = steps.libraryResource('shipworthy/scan.sh')
            return steps.sh(script: script, returnStatus: true, label: 'Scan image')
        }
        String script = steps.libraryResource('shipworthy/scan.ps1')
        return steps.powershell(script: script, returnStatus: true, label: 'Scan image')
    }

    /** What the scan gets from the store of credentials, masked in the log. */
    private List bindings(Request request) {
        List made = []
        List<String> hosts = new ArrayList<String>(request.registries.keySet())
        for (int at = 0; at < hosts.size(); at++) {
            made.add(steps.usernamePassword(
                credentialsId: request.registries.get(hosts.get(at)),
                usernameVariable: 'SHIPWORTHY_JENKINS_USER_' + at,
                passwordVariable: 'SHIPWORTHY_JENKINS_PASSWORD_' + at))
        }
        List<String> names = new ArrayList<String>(request.secrets.keySet())
        for (int at = 0; at < names.size(); at++) {
            made.add(steps.string(credentialsId: request.secrets.get(names.get(at)), variable: names.get(at)))
        }
        return made
    }

    private void decide(Request request, Outcome outcome, List<String> missing) {
        if (!outcome.judged) {
            steps.error(outcome.failure())
        }
        if (missing) {
            steps.error(String.join('; ', missing) + '; the verdict was ' + outcome.verdict())
        }
        String onFail = request.value('onFail') ?: 'failure'
        if (outcome.closed && onFail == 'failure') {
            steps.error(outcome.verdict())
        } else if (outcome.closed && onFail == 'unstable') {
            steps.unstable(outcome.verdict())
        } else {
            steps.echo(outcome.verdict())
        }
    }

}
