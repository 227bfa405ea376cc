import com.cloudbees.groovy.cps.Continuable

/** Steps with a body, transformed as a pipeline is, and declarative syntax as far as our examples use it. */
abstract class Steps extends Recording {

    def withEnv(List overrides, Closure body) {
        Bodies.environment('withEnv', overrides)
        try { return body() } finally { Bodies.leave('variables') }
    }

    def withCredentials(List bindings, Closure body) {
        Bodies.credentials(bindings)
        try { return body() } finally { Bodies.leave('variables') }
    }

    def dir(String path, Closure body) {
        Bodies.directory(path)
        try { return body() } finally { Bodies.leave('directories') }
    }

    def parallel(Map branches) {
        Bodies.told('parallel', new ArrayList(branches.keySet()))
        return Continuable.suspend([step: 'parallel', arguments: branches])
    }

    def node(Object label = '', Closure body) { Bodies.told('node', label); return body() }

    def stage(String name, Closure body) { Bodies.told('stage', name); return body() }

    def container(String name, Closure body) { Bodies.told('container', name); return body() }

    def podTemplate(Map arguments, Closure body) { Bodies.told('podTemplate', arguments); return body() }

    def script(Closure body) { return body() }

    def steps(Closure body) { return body() }

    def stages(Closure body) { return body() }

    def pipeline(Closure body) { return body() }

    def post(Closure body) { Bodies.told('post', null) }

    def options(Closure body) { Bodies.told('options', null) }

    def parameters(Closure body) { Bodies.told('parameters', null) }

    def agent(Object what) { Bodies.told('agent', what) }

    def library(String name) { Bodies.told('library', name) }

    def getAny() { return 'any' }

}
