package shipworthy

import com.cloudbees.groovy.cps.NonCPS

/** The arguments that scanImage knows, and what kind of value each takes. */
class Options implements Serializable {

    private static final long serialVersionUID = 1L

    /** The options of "shipworthy ci" by their names in camel case. */
    static final Map<String, String> SCAN = [
        allPlatforms: 'flag',
        allowPartial: 'flag',
        asff: 'text',
        at: 'text',
        base: 'text',
        baseline: 'text',
        baselineFrom: 'text',
        cacheDir: 'text',
        cacheFrom: 'lines',
        cacheTo: 'text',
        comment: 'flag',
        containerdNamespace: 'text',
        db: 'lines',
        dbCaFile: 'text',
        dbInsecure: 'flag',
        dbKey: 'text',
        dbMaxAge: 'text',
        dbPlainHttp: 'flag',
        dockerfile: 'text',
        engine: 'text',
        failOn: 'commas',
        from: 'text',
        htmlAssets: 'text',
        ignore: 'lines',
        ignoreFile: 'lines',
        max: 'commas',
        noCache: 'flag',
        noFail: 'flag',
        notify: 'lines',
        notifyCaFile: 'text',
        notifyLink: 'text',
        notifyOn: 'text',
        notifyPlainHttp: 'flag',
        notifyRequired: 'flag',
        onlyFixed: 'flag',
        output: 'lines',
        platform: 'text',
        policy: 'text',
        quiet: 'flag',
        registryCaFile: 'text',
        registryCert: 'text',
        registryInsecure: 'flag',
        registryKey: 'text',
        registryMirror: 'lines',
        registryPlainHttp: 'flag',
        registryUsername: 'text',
        registryWholeLayers: 'flag',
        reportDir: 'folder',
        reports: 'commas',
        title: 'text',
        vex: 'lines',
    ]

    /** What Jenkins alone has. */
    static final Map<String, String> OWN = [
        image: 'text',
        images: 'lines',
        junit: 'flag',
        name: 'name',
        onFail: 'result',
        publishHTML: 'flag or map',
        python: 'text',
        recordIssues: 'flag or map',
        registryCredentials: 'hosts',
        secrets: 'variables',
        sha256: 'text',
        source: 'text',
        tool: 'text',
        version: 'text',
        wheelhouse: 'text',
        zipapp: 'text',
    ]

    /** How to get shipworthy; a call that names one of these asks for that alone. */
    static final List<String> WAYS = ['tool', 'source', 'version', 'zipapp']

    /** What a build may become where the gate closes. */
    static final List<String> RESULTS = ['failure', 'unstable', 'success']

    /** The kind of an argument; empty where there is no such. */
    @NonCPS
    static String kindOf(String key) {
        return SCAN.get(key) ?: OWN.get(key) ?: ''
    }

    /** The variable that carries an option: failOn is SHIPWORTHY_FAIL_ON. */
    @NonCPS
    static String variableOf(String key) {
        return 'SHIPWORTHY_' + key.replaceAll('([A-Z])', '_$1').toUpperCase(Locale.ROOT)
    }

    /** The known argument that is spelt most like this one; empty where none is. */
    @NonCPS
    static String nearest(String key) {
        List<String> known = new ArrayList<String>(SCAN.keySet())
        known.addAll(OWN.keySet())
        Collections.sort(known)
        String best = ''
        int least = key.length() < 4 ? 2 : key.length() < 8 ? 3 : 4
        for (String one : known) {
            int far = distance(key.toLowerCase(Locale.ROOT), one.toLowerCase(Locale.ROOT))
            if (far < least) {
                least = far
                best = one
            }
        }
        return best
    }

    /** How many letters must be put, taken or changed to make one text of the other. */
    @NonCPS
    private static int distance(String one, String other) {
        List<Integer> above = []
        for (int at = 0; at <= other.length(); at++) {
            above.add(at)
        }
        for (int row = 1; row <= one.length(); row++) {
            List<Integer> line = [row]
            for (int at = 1; at <= other.length(); at++) {
                int changed = above.get(at - 1) + (one.charAt(row - 1) == other.charAt(at - 1) ? 0 : 1)
                int moved = Math.min(above.get(at), line.get(at - 1)) + 1
                line.add(Math.min(changed, moved))
            }
            above = line
        }
        return above.get(other.length())
    }

}
