package shipworthy

/** Hands reports to other plug-ins, where the call asks for it. */
class Publish implements Serializable {

    private static final long serialVersionUID = 1L

    private final Object steps

    Publish(Object steps) {
        this.steps = steps
    }

    /** Publish; gives what is wrong in a line each: the plug-ins that are not there. */
    List<String> run(Request request, String name, String folder, Outcome outcome) {
        List<String> missing = []
        if (request.publish.containsKey('junit')) {
            junit(folder, missing)
        }
        if (request.publish.containsKey('recordIssues')) {
            recordIssues(request.publish.get('recordIssues'), name, folder, missing)
        }
        if (request.publish.containsKey('publishHTML')) {
            publishHTML(request.publish.get('publishHTML'), name, folder, outcome, missing)
        }
        return missing
    }

    private void junit(String folder, List<String> missing) {
        try {
            steps.junit(testResults: folder + '/**/junit.xml', allowEmptyResults: true, skipMarkingBuildUnstable: true)
        } catch (NoSuchMethodError ignored) {
            missing.add('scanImage: junit needs the plug-in JUnit (junit)')
        }
    }

    private void recordIssues(Map more, String name, String folder, List<String> missing) {
        try {
            Map given = [
                tool: steps.issues(
                    pattern: folder + '/**/warnings-ng.json',
                    id: 'shipworthy-' + name.replace('.', '_'), // older plug-ins take no dots
                    name: 'shipworthy ' + name),
                enabledForFailure: true,
                sourceCodeRetention: 'NEVER',
            ]
            given.putAll(more)
            steps.recordIssues(given)
        } catch (NoSuchMethodError ignored) {
            missing.add('scanImage: recordIssues needs the plug-in Warnings (warnings-ng)')
        }
    }

    private void publishHTML(Map more, String name, String folder, Outcome outcome, List<String> missing) {
        List<String> pages = outcome.pageFiles()
        if (pages.isEmpty()) {
            return // nothing was scanned, which is told elsewhere
        }
        try {
            Map target = [
                reportDir: folder,
                reportFiles: String.join(',', pages),
                reportTitles: String.join(',', pages.size() == 1 ? [name] : outcome.pageTitles()),
                reportName: 'shipworthy ' + name,
                keepAll: true,
                alwaysLinkToLastBuild: true,
                allowMissing: false,
            ]
            target.putAll(more)
            steps.publishHTML(target: target)
        } catch (NoSuchMethodError ignored) {
            missing.add('scanImage: publishHTML needs the plug-in HTML Publisher (htmlpublisher)')
        }
    }

}
