/** What steps without a body do; scripts really run. */
class Agent {

    private final Build build

    Agent(Build build) { this.build = build }

    Object perform(String step, Object arguments) {
        return this."$step"(arguments instanceof Map ? arguments : [value: arguments])
    }

    Object sh(Map arguments) {
        Context context = Build.context()
        File script = File.createTempFile('script', '.sh', context.file('../' + build.workspace.name + '@tmp').canonicalFile)
        script.setText(arguments.script ?: arguments.value, 'UTF-8')
        script.setExecutable(true)
        // A script without an interpreter of its own is run as Jenkins does: every command is told, the first error ends it.
        List<String> command = script.text.startsWith('#!') ? [script.path] : ['sh', '-xe', script.path]
        context.directory().mkdirs()
        ProcessBuilder builder = new ProcessBuilder(command).directory(context.directory()).redirectErrorStream(true)
        builder.environment().clear()
        builder.environment().putAll(context.environment())
        Process process = builder.start()
        process.outputStream.close()
        String output = process.inputStream.getText('UTF-8')
        int code = process.waitFor()
        build.say(output)
        if (arguments.returnStatus) { return code }
        if (code) { throw new Abort('script returned exit code ' + code) }
        return arguments.returnStdout ? output : null
    }

    Object powershell(Map arguments) { return build.given.powershell ?: 0 }

    Object isUnix(Map arguments) { return build.given.unix != false }

    Object pwd(Map arguments) {
        return arguments.tmp ? build.workspace.path + '@tmp' : Build.context().directory().path
    }

    Object libraryResource(Map arguments) {
        File file = new File(build.library, 'resources/' + (arguments.resource ?: arguments.value))
        if (!file.file) { throw new Abort('No such library resource ' + file.name + ' could be found.') }
        return file.getText('UTF-8')
    }

    Object echo(Map arguments) { build.say(String.valueOf(arguments.message ?: arguments.value)) }

    Object error(Map arguments) { throw new Abort(String.valueOf(arguments.message ?: arguments.value)) }

    Object unstable(Map arguments) {
        build.say('WARNING: ' + (arguments.message ?: arguments.value))
        build.worse('UNSTABLE')
    }

    Object fileExists(Map arguments) { return Build.context().file(arguments.file ?: arguments.value).exists() }

    Object readFile(Map arguments) { return Build.context().file(arguments.file ?: arguments.value).getText('UTF-8') }

    Object writeFile(Map arguments) {
        File file = Build.context().file(arguments.file)
        file.parentFile.mkdirs()
        file.setText(arguments.text, 'UTF-8')
    }

    Object deleteDir(Map arguments) { Build.context().directory().deleteDir() }

    /** Keeps the files aside, as the build would; what stands there at that moment counts. */
    Object archiveArtifacts(Map arguments) {
        String folder = arguments.artifacts - '/**'
        File from = Build.context().file(folder)
        File to = new File(build.workspace.path + '@archive', folder)
        if (!from.directory) {
            if (arguments.allowEmptyArchive) { return null }
            throw new Abort('No artifacts found that match the file pattern')
        }
        copy(from, to)
    }

    Object copyArtifacts(Map arguments) {
        String from = build.given.artifacts
        if (from) { copy(new File(from), Build.context().file(arguments.target)) }
    }

    /** Marks the build as the plug-in does, unless it is told not to. */
    Object junit(Map arguments) {
        if (!arguments.skipMarkingBuildUnstable) { build.worse('UNSTABLE') }
    }

    Object recordIssues(Map arguments) { return null }

    Object publishHTML(Map arguments) { return null }

    Object checkout(Map arguments) { return [:] }

    Object git(Map arguments) { return [:] }

    Object stash(Map arguments) { return null }

    Object unstash(Map arguments) { return null }

    private static void copy(File from, File to) {
        if (from.directory) {
            to.mkdirs()
            from.eachFile { copy(it, new File(to, it.name)) }
        } else {
            to.bytes = from.bytes
        }
    }

}
