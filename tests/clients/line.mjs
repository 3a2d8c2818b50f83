// A line to the server that can be cut: everything on it is reset, and nobody gets through until it is mended.
import net from "node:net";

export async function openLine(address) {
  const { hostname, port } = new URL(address);
  const pairs = new Set();
  let mended = Promise.resolve();
  let mend = null;

  const exchange = net.createServer((near) => {
    near.on("error", () => {});
    if (mend) return near.resetAndDestroy();
    const far = net.connect(Number(port), hostname);
    const pair = [near, far];
    far.on("error", () => near.destroy());
    near.on("close", () => pairs.delete(pair) && far.destroy());
    far.on("close", () => near.destroy());
    near.pipe(far).pipe(near);
    pairs.add(pair);
  });
  await new Promise((resolve) => exchange.listen(0, "127.0.0.1", resolve));

  return {
    url: `http://127.0.0.1:${exchange.address().port}`,
    // How many connections were broken.
    cut() {
      mended = new Promise((resolve) => (mend = resolve));
      const broken = [...pairs];
      for (const [near, far] of broken) {
        near.resetAndDestroy();
        far.destroy();
      }
      return broken.length;
    },
    mend() {
      mend();
      mend = null;
    },
    // For clients that ask when to try again.
    whole: () => mended,
  };
}
