// The log: one line a fact, plain values, no secrets.
import { stripVTControlCharacters } from "node:util";
import { expect } from "chai";
import { RetryableError } from "../../../node/errors.ts";
import { createLogger } from "../../../node/telemetry/logger.ts";

function capture(isTTY = false) {
  const lines: string[] = [];
  return { lines, destination: { isTTY, write: (text: string) => void lines.push(text) } };
}

describe("createLogger", () => {
  it("writes JSON lines with level names, ISO times and plain values", () => {
    const { lines, destination } = capture();
    const logger = createLogger({ destination, level: "debug" }).child({ role: "worker" });
    logger.info("Request claimed", {
      fee: 2n ** 80n,
      input: new Uint8Array(70),
      nested: { at: new Date(0) },
    });
    const { time, ...line } = JSON.parse(lines[0]!) as Record<string, unknown>;
    expect(time).to.match(/^\d{4}-\d\d-\d\dT/);
    expect(line).to.deep.equal({
      level: "info",
      role: "worker",
      fee: "1208925819614629174706176",
      input: "70 bytes",
      nested: { at: "1970-01-01T00:00:00.000Z" },
      msg: "Request claimed",
    });
  });

  it("names errors, their facts and causes, and shows stacks only of unforeseen ones", () => {
    const { lines, destination } = capture();
    const logger = createLogger({ destination });
    logger.error("Failed", {
      error: new RetryableError("No answer.", { facts: { block: 7n }, cause: new TypeError("bug") }),
    });
    const line = JSON.parse(lines[0]!) as {
      errorCode: string;
      error: { stack?: string; facts: object; cause: { name: string; stack?: string } };
    };
    expect(line.errorCode).to.equal("RetryableError");
    expect(line.error).to.deep.include({ message: "No answer.", facts: { block: "7" } });
    expect(line.error.stack).to.equal(undefined);
    expect(line.error.cause.name).to.equal("TypeError");
    expect(line.error.cause.stack).to.be.a("string");
  });

  it("hides secrets at any depth that is logged, and cuts long texts", () => {
    const { lines, destination } = capture();
    const logger = createLogger({ destination });
    logger.warn("Careful", {
      password: "hunter2",
      key: { privateKey: "hunter2", deep: { mnemonic: "hunter2" } },
      text: "x".repeat(10_000),
    });
    expect(lines[0]).not.to.include("hunter2");
    expect(lines[0]!.length).to.be.lessThan(5_000);
  });

  it("changes its level while it runs", () => {
    const { lines, destination } = capture();
    const logger = createLogger({ destination, level: "warn" });
    logger.info("no");
    logger.setLevel("debug");
    logger.debug("yes");
    expect(lines).to.have.length(1);
  });

  it("writes for people at a terminal", () => {
    const { lines, destination } = capture(true);
    createLogger({ destination }).warn("Look here", { block: 7n, why: "two words" });
    const text = stripVTControlCharacters(lines[0]!);
    expect(text).to.match(/^\d\d:\d\d:\d\d\.\d{3} WARN {2}Look here block=7 why="two words"\n$/);
  });
});
