package shipworthy

import com.cloudbees.groovy.cps.NonCPS

/** Reads one argument's value, whose kind says what may stand there. */
class Values implements Serializable {

    private static final long serialVersionUID = 1L

    final String key
    final String kind
    /** What is wrong with the value; empty where nothing is. */
    String problem = ''

    Values(String key, String kind) {
        this.key = key
        this.kind = kind
    }

    /** The value as text, a list as lines or with commas; of maps a map. */
    @NonCPS
    Object read(Object value) {
        if (kind == 'flag' || kind == 'flag or map') {
            return flag(value)
        }
        if (kind == 'hosts' || kind == 'variables') {
            return ids(value)
        }
        if (kind == 'lines') {
            List<String> lines = list(value)
            return lines.isEmpty() ? '' : String.join('\n', lines) + '\n'
        }
        if (kind == 'commas' && !(value instanceof CharSequence)) {
            return value instanceof Map ? pairs((Map) value) : String.join(',', list(value))
        }
        return plain(value)
    }

    /** The texts of a list; a text alone is a list of one, and one with line ends as many as it has lines. */
    @NonCPS
    List<String> list(Object value) {
        List<String> made = []
        if (value instanceof CharSequence) {
            for (String one : value.toString().split('\n')) {
                made.add(line(bare(one)))
            }
        } else if (value instanceof List) {
            for (Object one : (List) value) {
                if (one instanceof CharSequence) {
                    made.add(line(bare(one.toString())))
                } else {
                    expected('a text or a list of texts', value)
                }
            }
        } else {
            expected('a text or a list of texts', value)
        }
        made.removeAll([''])
        return made
    }

    @NonCPS
    private Object flag(Object value) {
        String text = String.valueOf(value)
        if (value instanceof Map && kind == 'flag or map') {
            return value
        }
        if (text == 'true') {
            return 'true'
        }
        if (text != 'false' && text != '') {
            expected(kind == 'flag' ? 'true or false' : 'true, false or a map of arguments', value)
        }
        return ''
    }

    @NonCPS
    private String plain(Object value) {
        if (!(value instanceof CharSequence)) {
            return expected('a text', value)
        }
        String text = value.toString()
        if (text.contains('\u0000')) {
            return expected('a text without NUL', text)
        }
        if (key == 'image') {
            return line(bare(text))
        }
        if (kind == 'name' && !text.matches('[A-Za-z0-9][A-Za-z0-9._-]{0,63}')) {
            return expected('up to 64 letters, digits, dots, hyphens and underscores', text)
        }
        if (kind == 'result' && !Options.RESULTS.contains(text)) {
            return expected('one of ' + String.join(', ', Options.RESULTS), text)
        }
        if (kind == 'folder' && !text.matches('(?!.*(^|/)\\.{1,2}(/|$))[A-Za-z0-9._-][A-Za-z0-9._/-]*')) {
            return expected('a folder in the workspace, of letters, digits and ._-/', text)
        }
        return text
    }

    /** Without blanks around it. */
    @NonCPS
    private static String bare(String text) {
        return text.replaceAll('^\\s+|\\s+$', '')
    }

    /** A text that must stay one line where each line is a value of its own. */
    @NonCPS
    private String line(String text) {
        if (text.matches('(?s).*[\\p{Cntrl}\\u0085\\u2028\\u2029].*')) {
            return expected('no line ends or control characters in a value', text)
        }
        return text
    }

    @NonCPS
    private String pairs(Map value) {
        List<String> made = []
        for (Object one : new ArrayList<Object>(value.keySet())) {
            made.add(line(String.valueOf(one)) + '=' + line(String.valueOf(value.get(one))))
        }
        Collections.sort(made)
        return String.join(',', made)
    }

    /** Ids of credentials by what they are for. */
    @NonCPS
    private Map<String, String> ids(Object value) {
        String form = kind == 'hosts' ? '[A-Za-z0-9.-]+(:[0-9]{1,5})?' : '[A-Za-z_][A-Za-z0-9_]*'
        Map<String, String> made = [:]
        if (value instanceof Map) {
            for (Object one : new ArrayList<Object>(((Map) value).keySet())) {
                Object id = ((Map) value).get(one)
                if (!String.valueOf(one).matches(form) || !(id instanceof CharSequence)) {
                    expected('credentials ids by ' + (kind == 'hosts' ? 'registry, host[:port]' : 'variable'), value)
                }
                made.put(String.valueOf(one), String.valueOf(id))
            }
        } else {
            expected('a map of credentials ids', value)
        }
        return made
    }

    @NonCPS
    private String expected(String what, Object value) {
        if (problem.isEmpty()) {
            String got = Names.shown(value)
            problem = key + ': expected ' + what + ', got ' + (value instanceof CharSequence ? '\'' + got + '\'' : got)
        }
        return ''
    }

}
