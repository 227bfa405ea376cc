/*
 * Runs pipelines that use the library on the engine that Jenkins runs them on: groovy-cps transforms the
 * library and the pipelines, the sandbox's transformer has every call of theirs looked at, and wherever a step is
 * waited for the whole state is written down, read back and gone on with, as through a restart of Jenkins.
 *
 * Argument: a JSON file {library, cases: [{name, pipeline, workspace, environment, input, …}]}; on stdout a JSON list
 * with what became of each.
 */
import com.cloudbees.groovy.cps.Continuable
import com.cloudbees.groovy.cps.Envs
import com.cloudbees.groovy.cps.ObjectInputStreamWithLoader
import com.cloudbees.groovy.cps.SandboxCpsTransformer
import com.cloudbees.groovy.cps.TransformerConfiguration
import com.cloudbees.groovy.cps.sandbox.SandboxInvoker
import groovy.json.JsonOutput
import groovy.json.JsonSlurperClassic
import java.lang.reflect.InvocationTargetException
import org.codehaus.groovy.control.CompilerConfiguration
import org.kohsuke.groovy.sandbox.GroovyInterceptor

/** Notes what a pipeline calls that is neither its own nor a step. */
class Watch extends GroovyInterceptor {

    ClassLoader own

    private void note(Object receiver, Class type, String what) {
        boolean ours = type.classLoader == own || own.isAncestor(type.classLoader)
        if (!ours && !(receiver instanceof Recording) && !(receiver instanceof Environment)) {
            Build.here().outside.add(type.name + ' ' + what)
        }
    }

    @Override
    Object onMethodCall(GroovyInterceptor.Invoker invoker, Object receiver, String method, Object... arguments) {
        if (receiver != null) { note(receiver, receiver.getClass(), method) }
        return super.onMethodCall(invoker, receiver, method, arguments)
    }

    @Override
    Object onStaticCall(GroovyInterceptor.Invoker invoker, Class receiver, String method, Object... arguments) {
        note(null, receiver, 'static ' + method)
        return super.onStaticCall(invoker, receiver, method, arguments)
    }

    @Override
    Object onNewInstance(GroovyInterceptor.Invoker invoker, Class receiver, Object... arguments) {
        note(null, receiver, 'new')
        return super.onNewInstance(invoker, receiver, arguments)
    }

    @Override
    Object onGetProperty(GroovyInterceptor.Invoker invoker, Object receiver, String property) {
        if (receiver != null && !(receiver instanceof Map)) {
            note(receiver, receiver instanceof Class ? receiver : receiver.getClass(), '.' + property)
        }
        return super.onGetProperty(invoker, receiver, property)
    }

}

class Loader extends GroovyClassLoader {

    Loader(ClassLoader above, CompilerConfiguration configuration) { super(above, configuration) }

    boolean isAncestor(ClassLoader other) {
        for (ClassLoader one = other; one != null; one = one.parent) {
            if (one.is(this)) { return true }
        }
        return false
    }

}

class Runner {

    final File library
    final Loader loader
    private final Map<String, Class> scripts = [:]

    Runner(File library, File here) {
        this.library = library
        CompilerConfiguration configuration = new CompilerConfiguration(sourceEncoding: 'UTF-8')
        SandboxCpsTransformer transformer = new SandboxCpsTransformer()
        transformer.configuration = new TransformerConfiguration()
        configuration.addCompilationCustomizers(transformer)
        loader = new Loader(Runner.classLoader, configuration)
        loader.parseClass(new File(here, 'Steps.groovy'))
        configuration.scriptBaseClass = 'Steps'
        loader.addURL(new File(library, 'src').toURI().toURL())
    }

    /** The build that a case comes to. */
    Map build(Map given) {
        Build build = new Build(library: library, given: given, workspace: new File(given.workspace))
        build.environment.putAll(given.environment ?: [:])
        new File(given.workspace + '@tmp').mkdirs()
        build.workspace.mkdirs()
        Build.HERE.set(build)
        Build.CONTEXT.set(new Context(workspace: build.workspace))
        Map told = [name: given.name, error: null, returned: null]
        try {
            for (File one : new File(library, 'vars').listFiles().findAll { it.name.endsWith('.groovy') }) {
                build.vars.put(one.name - '.groovy', loader.parseClass(one).newInstance())
            }
            Script script = compiled(given.pipeline)
            script.binding.setVariable('input', given.input)
            told.returned = Build.plainly(run(new Continuable(script, Envs.empty(new SandboxInvoker()))))
        } catch (Throwable error) {
            build.worse('FAILURE')
            told.error = (error instanceof Abort ? '' : error.getClass().name + ': ') + error.message
            if (!(error instanceof Abort)) { error.printStackTrace() }
            build.say('ERROR: ' + error.message)
        }
        told.putAll([result: build.result, steps: build.steps, log: build.log.toString(), outside: build.outside as List, suspended: build.suspended])
        return told
    }

    private Script compiled(String text) {
        if (!scripts.containsKey(text)) {
            scripts.put(text, loader.parseClass(text, 'Jenkinsfile' + scripts.size() + '.groovy'))
        }
        return scripts.get(text).newInstance()
    }

    /** Run until it ends, doing its steps on the way; only one branch's Groovy runs at a time. */
    private Object run(Continuable start) {
        Watch watch = new Watch(own: loader)
        Continuable state = start
        Object value = null
        Throwable failed = null
        while (true) {
            Object asked
            synchronized (loader) {
                watch.register()
                try {
                    asked = failed == null ? state.run(value) : state.runByThrow(failed)
                } catch (InvocationTargetException error) {
                    throw error.cause
                } finally {
                    watch.unregister()
                }
            }
            if (!state.resumable) { return asked }
            state = kept(state)
            value = null
            failed = null
            try {
                value = asked.step == 'parallel' ? branches(asked.arguments) : new Agent(Build.here()).perform(asked.step, asked.arguments)
            } catch (Throwable error) {
                failed = error
            }
        }
    }

    /** The state, as a restarted Jenkins has it. */
    private Continuable kept(Continuable state) {
        Build.here().suspended++
        ByteArrayOutputStream bytes = new ByteArrayOutputStream()
        new ObjectOutputStream(bytes).withCloseable { it.writeObject(state) }
        return (Continuable) new ObjectInputStreamWithLoader(new ByteArrayInputStream(bytes.toByteArray()), loader).readObject()
    }

    /** All branches at once; the first one's error is the step's. */
    private Map branches(Map bodies) {
        Map results = Collections.synchronizedMap([:])
        Map errors = Collections.synchronizedMap([:])
        List<Thread> threads = bodies.findAll { k, v -> v instanceof Closure }.collect { name, body ->
            Script script = compiled('branch()')
            script.binding.setVariable('branch', body)
            return Thread.start {
                try {
                    results.put(name, run(new Continuable(script, Envs.empty(new SandboxInvoker()))))
                } catch (Throwable error) {
                    errors.put(name, error)
                }
            }
        }
        threads*.join()
        for (Object name : bodies.keySet()) {
            if (errors.containsKey(name)) { throw errors.get(name) }
        }
        return results
    }

}

Map given = new JsonSlurperClassic().parse(new File(args[0]))
Runner runner = new Runner(new File(given.library), new File(given.here))
List told = given.cases.collect { runner.build(it) }
new File(args[1]).setText(JsonOutput.toJson(told), 'UTF-8')
