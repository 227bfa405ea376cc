/** One build of a stand-in for Jenkins: its workspace, what its steps did, and how it ends. */
class Build {

    static final InheritableThreadLocal<Build> HERE = new InheritableThreadLocal<Build>()
    static final InheritableThreadLocal<Context> CONTEXT = new InheritableThreadLocal<Context>() {
        @Override
        protected Context childValue(Context above) {
            return above?.copy() // a branch of parallel goes on from where it was started
        }
    }

    File library
    Map given
    File workspace
    Map<String, Object> vars = [:]
    Map<String, String> environment = [:]
    List<Map> steps = Collections.synchronizedList([])
    StringBuffer log = new StringBuffer()
    List<String> secrets = Collections.synchronizedList([])
    Set<String> outside = Collections.synchronizedSet(new TreeSet<String>())
    String result = 'SUCCESS'
    int suspended = 0

    static Build here() { HERE.get() }

    static Context context() { CONTEXT.get() }

    boolean has(String step) { !(step in (given.missing ?: [])) }

    void record(String name, Object arguments) {
        List<String> marked = []
        Object plain = plainly(arguments, marked)
        steps.add([step: name, arguments: plain, interpolated: marked, dir: context().relative()])
    }

    void say(String text) {
        String told = text
        for (String secret : new ArrayList<String>(secrets)) {
            told = told.replace(secret, '****')
        }
        log.append(told).append('\n')
    }

    void worse(String other) {
        List<String> order = ['SUCCESS', 'UNSTABLE', 'FAILURE']
        if (order.indexOf(other) > order.indexOf(result)) {
            result = other
        }
    }

    /** The same as JSON knows it; GStrings, which only the pipeline's author may have made, are told. */
    static Object plainly(Object value, List<String> marked = []) {
        if (value instanceof GString) {
            marked.add(value.toString())
            return value.toString()
        }
        if (value instanceof Map) {
            Map made = [:]
            value.each { k, v -> made.put(k.toString(), plainly(v, marked)) }
            return made
        }
        if (value instanceof List || value instanceof Object[]) {
            return value.collect { plainly(it, marked) }
        }
        if (value instanceof Closure) {
            return '{}'
        }
        boolean simple = value == null || value instanceof String || value instanceof Number || value instanceof Boolean
        return simple ? value : value.getClass().name
    }

}
