/** Ends a build without a stack trace, as hudson.AbortException does. */
class Abort extends IOException {

    Abort(String message) { super(message) }

}
