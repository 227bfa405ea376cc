package shipworthy

/** How the agent comes by shipworthy: one that is there, or one that is installed for it and kept. */
class Tool implements Serializable {

    private static final long serialVersionUID = 1L

    /** What the bootstrap consists of; the same files as in plugins/. */
    private static final List<String> FILES = [
        'bootstrap.py', 'bootstrap_environment.py', 'requirements.txt', 'requirements-build.txt',
    ]

    private final Object steps

    Tool(Object steps) {
        this.steps = steps
    }

    /**
     * The variables that the scripts read.
     *
     * A call that does not say which shipworthy it wants gets the one that the administrator's global
     * variables name, else the one on the agent's path.
     */
    List<String> variables(Request request, String home, String name) {
        Map<String, String> wanted = asked(request)
        if (!wanted) {
            wanted = global()
        }
        String bootstrap = ''
        if (wanted.version || wanted.zipapp) {
            bootstrap = home + '/' + name
            for (int at = 0; at < FILES.size(); at++) {
                String text = steps.libraryResource('shipworthy/' + FILES.get(at))
                steps.writeFile(file: bootstrap + '/' + FILES.get(at), text: text, encoding: 'UTF-8')
            }
        }
        return [
            'SHIPWORTHY_TOOL=' + (wanted.tool ?: ''),
            'SHIPWORTHY_SOURCE=' + (wanted.source ?: ''),
            'SHIPWORTHY_VERSION=' + (wanted.version ?: ''),
            'SHIPWORTHY_ZIPAPP=' + (wanted.zipapp ?: ''),
            'SHIPWORTHY_SHA256=' + (wanted.sha256 ?: ''),
            'SHIPWORTHY_WHEELHOUSE=' + (request.value('wheelhouse') ?: steps.env.SHIPWORTHY_WHEELHOUSE ?: ''),
            'SHIPWORTHY_PYTHON=' + (request.value('python') ?: steps.env.SHIPWORTHY_PYTHON ?: ''),
            'SHIPWORTHY_JENKINS_HOME=' + home,
            'SHIPWORTHY_JENKINS_BOOTSTRAP=' + bootstrap,
            'SHIPWORTHY_JENKINS_REGISTRIES=' + String.join(' ', request.registries.keySet()),
        ]
    }

    private Map<String, String> asked(Request request) {
        Map<String, String> made = [:]
        for (int at = 0; at < Options.WAYS.size(); at++) {
            String way = Options.WAYS.get(at)
            if (request.value(way)) {
                made.put(way, request.value(way))
                made.put('sha256', request.value('sha256'))
            }
        }
        return made
    }

    private Map<String, String> global() {
        return [
            tool: steps.env.SHIPWORTHY_TOOL,
            source: steps.env.SHIPWORTHY_SOURCE,
            version: steps.env.SHIPWORTHY_VERSION,
            zipapp: steps.env.SHIPWORTHY_ZIPAPP,
            sha256: steps.env.SHIPWORTHY_SHA256,
        ]
    }

}
