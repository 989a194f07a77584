function compile() {
  return new WebAssembly.Module(new Uint8Array(3));
}
compile();
