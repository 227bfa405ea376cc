package shipworthy

import com.cloudbees.groovy.cps.NonCPS

/** Names for folders and reports, made of what is harmless in an image's. */
class Names implements Serializable {

    private static final long serialVersionUID = 1L

    private static final String SCHEME = '^(docker-archive|oci-archive|oci|dir|sbom|docker|podman|containerd|registry):'
    private static final int LONGEST = 64

    /** The name of a call; of one image its repository's, so that it stays the same from build to build. */
    @NonCPS
    static String of(List<String> images) {
        if (images.size() != 1) {
            return 'images'
        }
        String bare = images.get(0).replaceFirst(SCHEME, '')
        bare = bare.replaceFirst('@[A-Za-z0-9]+:[0-9A-Fa-f]+$', '').replaceFirst(':[A-Za-z0-9_][A-Za-z0-9_.-]*$', '')
        String name = bare.replaceAll('[^A-Za-z0-9._-]+', '-')
        name = name.substring(Math.max(0, name.length() - LONGEST)).replaceAll('^[-.]+|[-.]+$', '')
        return name ?: 'image'
    }

    /** The name itself, or with a number where this build has it already. */
    @NonCPS
    static String free(String name, String taken) {
        List<String> all = Arrays.asList(taken.toLowerCase(Locale.ROOT).split(' '))
        String chosen = name
        for (int number = 2; all.contains(chosen.toLowerCase(Locale.ROOT)); number++) {
            chosen = name + '-' + number
        }
        return chosen
    }

    /** A text of others in a message: one line, no control characters, not too long. */
    @NonCPS
    static String shown(Object value) {
        String text = String.valueOf(value).replaceAll('\\p{C}|[\\u2028\\u2029]', '?')
        return text.length() > 120 ? text.substring(0, 120) + '...' : text
    }

}
