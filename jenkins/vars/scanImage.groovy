import shipworthy.Scan

/** Scans one image or several, and judges them; the arguments are in scanImage.txt and in README.md. */
Map call(Map arguments = [:]) {
    return new Scan(this).run(arguments)
}
