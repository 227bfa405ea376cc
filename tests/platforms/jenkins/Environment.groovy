/** The build's variables, which a pipeline may set; they are kept with the build. */
class Environment implements Serializable {

    Object get(String name) { Build.context().environment().get(name) }

    void set(String name, Object value) { Build.here().environment.put(name, String.valueOf(value)) }

    @Override
    Object getProperty(String name) { get(name) }

    @Override
    void setProperty(String name, Object value) { set(name, value) }

}
