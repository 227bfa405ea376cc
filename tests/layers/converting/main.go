// Makes layers with a table of contents of tars: a tar on standard input, the blob on standard output.
//
// The work is done by the libraries that define the formats, so what comes out is what containerd's, buildah's and podman's
// users push. The annotations that belong to the blob go as JSON to the file that -annotations names.
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"io"
	"log"
	"os"
	"strings"

	"github.com/containerd/stargz-snapshotter/estargz"
	"github.com/containers/storage/pkg/chunked/compressor"
)

var (
	format = flag.String("format", "estargz", "estargz or zstd:chunked")
	chunk  = flag.Int("chunk", 0, "eStargz: bytes of a chunk; 0 for the library's own 4 MiB")
	least  = flag.Int("least", 0, "eStargz: bytes below which several files share a gzip member")
	first  = flag.String("first", "", "eStargz: files to put first, with commas between")
	told   = flag.String("annotations", "", "where the annotations go")
)

func main() {
	log.SetFlags(0)
	flag.Parse()
	convert := toEstargz
	if *format == "zstd:chunked" {
		convert = toChunked
	}
	annotations, err := convert(os.Stdin, os.Stdout)
	if err != nil {
		log.Fatal(err)
	}
	data, err := json.Marshal(annotations)
	if err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile(*told, data, 0o600); err != nil {
		log.Fatal(err)
	}
}

func toEstargz(from io.Reader, to io.Writer) (map[string]string, error) {
	data, err := io.ReadAll(from)
	if err != nil {
		return nil, err
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
		return nil, err
	}
	defer blob.Close()
	if _, err := io.Copy(to, blob); err != nil {
		return nil, err
	}
	return map[string]string{estargz.TOCJSONDigestAnnotation: blob.TOCDigest().String()}, nil
}

func toChunked(from io.Reader, to io.Writer) (map[string]string, error) {
	annotations := map[string]string{}
	level := 3
	writer, err := compressor.ZstdCompressor(to, annotations, &level)
	if err != nil {
		return nil, err
	}
	if _, err := io.Copy(writer, from); err != nil {
		return nil, err
	}
	return annotations, writer.Close()
}
