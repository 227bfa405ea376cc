package shipworthy

import com.cloudbees.groovy.cps.NonCPS

/** What one call asks for, checked; the values of others stay texts and are put into variables alone. */
class Request implements Serializable {

    private static final long serialVersionUID = 1L

    private static final int LONGEST = 100000

    /** Why nothing can be done, in a line each; empty where the call is right. */
    final List<String> problems = []
    final List<String> images = []
    /** Values by argument, of those that were given. */
    final Map<String, String> values = [:]
    /** Further arguments for steps of other plug-ins; absent where the step is not wanted. */
    final Map<String, Map> publish = [:]
    /** The credentials' ids by registry, and by variable. */
    final Map<String, String> registries = [:]
    final Map<String, String> secrets = [:]

    /** The request that the arguments come to. */
    @NonCPS
    static Request of(Map arguments) {
        return new Request().filled(arguments)
    }

    /** This request, with what the arguments say. */
    @NonCPS
    Request filled(Map arguments) {
        for (Object key : new ArrayList<Object>(arguments.keySet())) {
            take(String.valueOf(key), arguments.get(key))
        }
        agree()
        return this
    }

    /** A value, or nothing. */
    @NonCPS
    String value(String key) {
        return values.get(key) ?: ''
    }

    /** The name of the call, before it is known whether another one has it. */
    @NonCPS
    String wantedName() {
        return value('name') ?: Names.of(images)
    }

    /** The variables that carry the options; one without a value is unset. */
    @NonCPS
    List<String> variables() {
        List<String> made = []
        for (String key : new ArrayList<String>(values.keySet())) {
            if (Options.SCAN.containsKey(key)) {
                made.add(Options.variableOf(key) + '=' + values.get(key))
            }
        }
        made.add('SHIPWORTHY_TARGET=' + String.join('\n', images) + '\n')
        return made
    }

    @NonCPS
    private void take(String key, Object value) {
        String kind = Options.kindOf(key)
        if (kind.isEmpty()) {
            String nearest = Options.nearest(key)
            problems.add(Names.shown(key) + ': there is no such argument' + (nearest ? ', did you mean ' + nearest + '?' : ''))
        } else if (value != null) {
            Values read = new Values(key, kind)
            keep(key, kind, read.read(value), read)
        }
    }

    @NonCPS
    private void keep(String key, String kind, Object value, Values read) {
        if (!read.problem.isEmpty()) {
            problems.add(read.problem)
        } else if (key == 'image' || key == 'images') {
            images.addAll(read.list(value))
        } else if (kind == 'hosts') {
            registries.putAll((Map) value)
        } else if (kind == 'variables') {
            secrets.putAll((Map) value)
        } else if (key == 'junit' || kind == 'flag or map') {
            if (value instanceof Map || value == 'true') {
                publish.put(key, value instanceof Map ? (Map) value : [:])
            }
        } else {
            values.put(key, String.valueOf(value))
        }
    }

    /** What several arguments must agree on. */
    @NonCPS
    private void agree() {
        if (images.isEmpty() && problems.isEmpty()) {
            problems.add('image: name what to scan, or several as images')
        }
        List<String> ways = new ArrayList<String>(Options.WAYS)
        ways.retainAll(values.keySet())
        if (ways.size() > 1) {
            problems.add(String.join(', ', ways) + ': give one of them')
        }
        boolean hashed = values.containsKey('version') || values.containsKey('zipapp')
        if (hashed != values.containsKey('sha256')) {
            problems.add('sha256: version and zipapp need it, and nothing else does')
        }
        int size = 0
        for (String one : values.values()) {
            size += one.length()
        }
        if (size + String.join('', images).length() > LONGEST) {
            problems.add('the arguments are longer than ' + LONGEST + ' characters together')
        }
    }

}
