
(function () {
  // A download is saved as the file itself; where it cannot be unpacked, the link goes on saving it packed.
  if (typeof DecompressionStream === "undefined") { return; }

  function save(address, name) {
    var link = document.createElement("a");
    link.href = address;
    link.download = name;
    link.click();
  }

  function unpacked(link) {
    var packed = atob(link.getAttribute("href").split(",")[1]);
    var bytes = new Uint8Array(packed.length);
    for (var at = 0; at < packed.length; at += 1) { bytes[at] = packed.charCodeAt(at); }
    var stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Response(stream).arrayBuffer();
  }

  document.querySelectorAll("a[data-file]").forEach(function (link) {
    var name = link.dataset.file;
    link.textContent = name;
    link.addEventListener("click", function (event) {
      event.preventDefault();
      Promise.resolve(link).then(unpacked).then(function (content) {
        var address = URL.createObjectURL(new Blob([content], { type: link.dataset.type }));
        save(address, name);
        setTimeout(function () { URL.revokeObjectURL(address); }, 60000);
      }).catch(function () {
        save(link.getAttribute("href"), link.download);
      });
    });
  });
})();
