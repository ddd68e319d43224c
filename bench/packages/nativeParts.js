// Plain JavaScript: the native parts of the installed node load and do their work, though no install script ran.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const home = dirname(createRequire(import.meta.url).resolve("@assay/node/package.json"));
const require = createRequire(join(home, "package.json"));

const Sqlite = require("better-sqlite3");
const database = new Sqlite(":memory:");
database.exec("CREATE TABLE answers (bits INTEGER) STRICT");
database.prepare("INSERT INTO answers VALUES (?)").run(7);
const sqlite = database.prepare("SELECT bits FROM answers").get().bits === 7;
database.close();

const { InferenceSession, Tensor } = require("onnxruntime-node");
const session = await InferenceSession.create(readFileSync(join(home, "devnet/digits/program.onnx")));
const image = new Tensor("uint8", new Uint8Array(64), [1, 1, 8, 8]);
const outputs = await session.run({ [session.inputNames[0]]: image });
const onnxruntime = outputs[session.outputNames[0]].data.length === 10;
await session.release();
console.log(JSON.stringify({ sqlite, onnxruntime }));
