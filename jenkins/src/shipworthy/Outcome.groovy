package shipworthy

import com.cloudbees.groovy.cps.NonCPS
import groovy.json.JsonSlurper

/** What came of a scan: the facts that "shipworthy ci" wrote, in plain values, and what to say of them. */
class Outcome implements Serializable {

    private static final long serialVersionUID = 1L

    private static final int PASSED = 0
    private static final int CLOSED = 1
    private static final int WRONG = 2
    private static final int NOT_INSTALLED = 125
    private static final int NOT_EXECUTABLE = 126
    private static final int NOT_THERE = 127

    final int exitCode
    /** The facts; empty where shipworthy got to write none. */
    final Map facts

    Outcome(int exitCode, Map facts) {
        this.exitCode = exitCode
        this.facts = facts
    }

    /** The facts in a JSON text; none where it is none of ours. */
    @NonCPS
    static Map read(String text) {
        Object document = text.isEmpty() ? null : plain(new JsonSlurper().parseText(text))
        return document instanceof Map ? (Map) document : [:]
    }

    /** Whether the image was scanned and judged, be it well or ill: exit code and facts agree on that. */
    @NonCPS
    boolean isJudged() {
        boolean ended = exitCode == PASSED || exitCode == CLOSED
        return ended && facts.get('exitCode') == exitCode && facts.get('status') != 'error'
    }

    /** Whether the gate is closed and the step should fail for it. */
    @NonCPS
    boolean isClosed() {
        return judged && exitCode == CLOSED
    }

    /** What the step returns: plain values that survive a restart of Jenkins. */
    @NonCPS
    Map result(String name, String folder, List<String> targets) {
        Map made = new HashMap(facts)
        made.remove('schemaVersion')
        made.put('status', judged ? facts.get('status') : 'error')
        made.put('exitCode', exitCode)
        made.put('name', name)
        made.put('reportDir', folder)
        List images = []
        Object listed = facts.get('images')
        for (int at = 0; listed instanceof List && at < ((List) listed).size(); at++) {
            Map image = new HashMap((Map) ((List) listed).get(at))
            image.put('target', at < targets.size() ? targets.get(at) : '')
            images.add(image)
        }
        made.put('images', images)
        return made
    }

    /** The HTML reports of all images, below the report folder. */
    @NonCPS
    List<String> pageFiles() {
        List<String> made = []
        for (Map image : imagesWithPage()) {
            made.add(String.valueOf(((Map) image.get('reports')).get('html')))
        }
        return made
    }

    /** What to call each of them. */
    @NonCPS
    List<String> pageTitles() {
        List<String> made = []
        for (Map image : imagesWithPage()) {
            made.add(String.valueOf(image.get('name')))
        }
        return made
    }

    /** The verdict in a line. */
    @NonCPS
    String verdict() {
        String words = 'shipworthy: ' + facts.get('headline')
        String counted = counted()
        return counted.isEmpty() ? words : words + ' (' + counted + ')'
    }

    /** Why there is no verdict. */
    @NonCPS
    String failure() {
        if (exitCode == NOT_INSTALLED) {
            return 'shipworthy could not be installed; the log says why'
        }
        if (exitCode == NOT_THERE || exitCode == NOT_EXECUTABLE) {
            return 'shipworthy is not on this agent: name the program with tool,' +
                ' or have it installed with version and sha256'
        }
        String told = facts.get('message') ?: 'it ended with ' + exitCode + '; the log says why'
        return (exitCode == WRONG ? 'shipworthy was called wrongly: ' : 'shipworthy could not scan or judge: ') + told
    }

    @NonCPS
    private List<Map> imagesWithPage() {
        List<Map> made = []
        Object listed = facts.get('images')
        for (int at = 0; listed instanceof List && at < ((List) listed).size(); at++) {
            Map image = (Map) ((List) listed).get(at)
            Object reports = image.get('reports')
            if (reports instanceof Map && ((Map) reports).containsKey('html')) {
                made.add(image)
            }
        }
        return made
    }

    @NonCPS
    private String counted() {
        Object counts = facts.get('counts')
        List<String> made = []
        for (String severity : ['critical', 'high', 'medium', 'low', 'unknown']) {
            Object number = counts instanceof Map ? ((Map) counts).get(severity) : null
            if (number instanceof Number && number != 0) {
                made.add(number + ' ' + severity)
            }
        }
        return String.join(', ', made)
    }

    /** Copies of what the parser made, in classes that can be kept. */
    @NonCPS
    private static Object plain(Object value) {
        if (value instanceof Map) {
            Map made = [:]
            for (Object key : new ArrayList<Object>(((Map) value).keySet())) {
                made.put(String.valueOf(key), plain(((Map) value).get(key)))
            }
            return made
        }
        if (value instanceof List) {
            List made = []
            for (Object one : (List) value) {
                made.add(plain(one))
            }
            return made
        }
        return value
    }

}
