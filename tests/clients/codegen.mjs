// The compiled client of codegen/client.ts.
import * as scene from "./scene.mjs";

const { main } = await import(`${process.env.COMPILED}/client.js`);
scene.tell(await main(scene));
