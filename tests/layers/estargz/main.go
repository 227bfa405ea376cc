// Makes eStargz of tar: a layer on standard input, the blob on standard output.
//
// The digest of the table of contents goes to the file that -toc names. All the work is done by
// github.com/containerd/stargz-snapshotter/estargz, so what comes out is what containerd's converters make.
package main

import (
	"bytes"
	"flag"
	"io"
	"log"
	"os"
	"strings"

	"github.com/containerd/stargz-snapshotter/estargz"
)

func main() {
	log.SetFlags(0)
	chunk := flag.Int("chunk", 0, "bytes of a chunk; 0 for the library's own 4 MiB")
	least := flag.Int("least", 0, "bytes below which several files share a gzip member")
	first := flag.String("first", "", "files to put first, with commas between")
	toc := flag.String("toc", "", "where the digest of the table goes")
	flag.Parse()

	data, err := io.ReadAll(os.Stdin)
	if err != nil {
		log.Fatal(err)
	}
	options := []estargz.Option{
		estargz.WithChunkSize(*chunk),
		estargz.WithMinChunkSize(*least),
		estargz.WithCompressionLevel(6),
	}
	if *first != "" {
		options = append(options, estargz.WithPrioritizedFiles(strings.Split(*first, ",")))
	}
	blob, err := estargz.Build(io.NewSectionReader(bytes.NewReader(data), 0, int64(len(data))), options...)
	if err != nil {
		log.Fatal(err)
	}
	defer blob.Close()
	if _, err := io.Copy(os.Stdout, blob); err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile(*toc, []byte(blob.TOCDigest().String()), 0o600); err != nil {
		log.Fatal(err)
	}
}
