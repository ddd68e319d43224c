// The option table: where values come from, and what is refused.
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { parse as parseYaml } from "yaml";
import {
  environmentName,
  flagName,
  loadConfig,
  need,
  type OptionName,
  options,
  optionsOf,
  redactUrl,
  showConfig,
} from "../../node/config.ts";
import { errorOf, temporaryFolder } from "../helpers/nodeParts.ts";

describe("loadConfig", () => {
  const folder = temporaryFolder();
  after(folder.remove);

  const write = (name: string, text: string, mode = 0o600): string => {
    const path = join(folder.path, name);
    writeFileSync(path, text);
    chmodSync(path, mode);
    return path;
  };
  const load = (given: Parameters<typeof loadConfig>[0] = {}) =>
    loadConfig({ environment: {}, folder: folder.path, ...given });

  it("prefers flags to the environment, the environment to the file, the file to defaults", () => {
    const config = write("order.yaml", "http: { port: 3 }\nlog: { level: debug }\ngraceSeconds: 7\n");
    const resolved = load({
      flags: { config, httpPort: "1" },
      environment: { ASSAY_HTTP_PORT: "2", ASSAY_LOG_LEVEL: "warn" },
    });
    expect(resolved.config).to.include({
      httpPort: 1,
      logLevel: "warn",
      graceSeconds: 7,
      chunkBlocks: 2_000,
    });
    expect(resolved.sources).to.include({
      httpPort: "flag",
      logLevel: "environment",
      graceSeconds: "file",
      chunkBlocks: "default",
    });
  });

  it("reads assay.yaml of the folder, lists in both notations, and amounts beyond 2^53", () => {
    write(
      "assay.yaml",
      "chain:\n  rpcUrls: [http://a.test, http://b.test]\nworker: { minFee: 123456789012345678901234 }\nfees: { maxPerGas: 1.5 }\nhttp:\n",
    );
    const { config, file } = load();
    expect(file).to.equal(join(folder.path, "assay.yaml"));
    expect(config.rpcUrls).to.deep.equal(["http://a.test", "http://b.test"]);
    expect(config.minFee).to.equal(123456789012345678901234n);
    expect(config.maxFeePerGas).to.equal(1_500_000_000n);
    expect(load({ flags: { rpcUrls: "http://c.test, http://d.test" } }).config.rpcUrls).to.have.length(2);
    write("assay.yaml", "");
  });

  it("refuses unknown keys and variables with a suggestion", async () => {
    const config = write("typo.yaml", "chain: { rpcUrl: http://a.test }\n");
    expect((await errorOf(() => load({ flags: { config } }))).message).to.match(
      /Unknown key chain\.rpcUrl, did you mean chain\.rpcUrls\?/,
    );
    expect((await errorOf(() => load({ environment: { ASSAY_RPC_URL: "x" } }))).message).to.match(
      /did you mean ASSAY_RPC_URLS\?/,
    );
    expect((await errorOf(() => load({ environment: { ASSAY_ZZZZZZZZZZ: "x" } }))).message).not.to.match(
      /did you mean/,
    );
    expect(load({ environment: { ASSAY_TEST_DATA: "x", HOME: "y" } }).config.httpPort).to.equal(8_480);
  });

  it("names the option, the value and what is expected when a value is refused", async () => {
    const { message } = await errorOf(() => load({ environment: { ASSAY_HTTP_PORT: "70000" } }));
    expect(message)
      .to.match(/^ASSAY_HTTP_PORT: expected a whole number from 0 to 65535/)
      .and.match(/given: 70000/);
    for (const [name, value] of Object.entries({
      chainId: "0x1",
      account: "0x12",
      maxFeePerGas: "-1",
      programs: "0xabc",
      rpcUrls: "ftp://a",
      logLevel: "loud",
      mode: "maybe",
    }))
      await errorOf(() => load({ flags: { [name]: value } }));
  });

  it("takes secrets from private files or the environment, never from flags or the file itself", async () => {
    const secret = write("password", "correct horse\n");
    const open = write("open", "correct horse\n", 0o644);
    expect(load({ flags: { passwordFile: secret } }).config.password).to.equal("correct horse");
    expect(load({ environment: { ASSAY_PASSWORD_FILE: secret } }).config.password).to.equal("correct horse");
    expect(load({ environment: { ASSAY_PASSWORD: "p" } }).config.password).to.equal("p");
    const viaFile = write("secret.yaml", `keys: { passwordFile: ${JSON.stringify(secret)} }\n`);
    expect(load({ flags: { config: viaFile } }).config.password).to.equal("correct horse");
    const inFile = write("inline.yaml", "keys: { password: hunter2 }\n");
    expect((await errorOf(() => load({ flags: { config: inFile } }))).message).to.match(/keys\.passwordFile/);
    expect((await errorOf(() => load({ flags: { passwordFile: open } }))).message)
      .to.match(/Others can read/)
      .and.match(/chmod 600/);
    await errorOf(() => load({ environment: { ASSAY_PASSWORD: "p", ASSAY_PASSWORD_FILE: secret } }));
    expect(flagName("password")).to.equal("--password-file");
  });

  it("refuses a file that is missing, is no YAML, or is no map", async () => {
    await errorOf(() => load({ flags: { config: join(folder.path, "nowhere.yaml") } }));
    for (const text of ["a: [", "- 1\n", "7\n"])
      await errorOf(() => load({ flags: { config: write("bad.yaml", text) } }));
  });

  it("shows every option with its source and masks secrets", () => {
    const resolved = load({
      flags: { rpcUrls: "https://user:pw@rpc.test/v2/KEY?x=1,http://127.0.0.1:8545" },
      environment: { ASSAY_PASSWORD: "hunter2" },
    });
    const shown = JSON.stringify(showConfig(resolved, { redact: true }), (_, value) =>
      typeof value === "bigint" ? String(value) : value,
    );
    expect(shown).not.to.match(/hunter2|KEY|user|pw@/);
    expect(shown).to.include("https://rpc.test/***").and.to.include("http://127.0.0.1:8545");
    expect(showConfig(resolved, { redact: false }).find(({ name }) => name === "password")?.value).to.equal(
      "hunter2",
    );
    expect(redactUrl("nonsense")).to.equal("***");
  });

  it("says what is needed and how to give it", async () => {
    const { config } = load();
    expect((await errorOf(() => need(config, "chainId"))).message)
      .to.match(/--chain-id/)
      .and.match(/ASSAY_CHAIN_ID/)
      .and.match(/chain\.id/);
    expect(need(config, "httpPort")).to.equal(8_480);
  });

  it("has one name, key and help sentence per option, and defaults that its own schema accepts", () => {
    const names = Object.keys(options) as OptionName[];
    for (const distinct of [
      names.map(environmentName),
      names.map(flagName),
      names.map((name) => options[name].key),
    ])
      expect(new Set(distinct)).to.have.length(names.length);
    for (const name of names) {
      const { default: fallback, help, schema } = options[name];
      expect(help, name).to.match(/^\S.*[^.]$/);
      if (fallback !== undefined && typeof fallback !== "bigint")
        expect(schema.safeParse(fallback).success, name).to.equal(true);
    }
    expect(optionsOf("http").map(({ name }) => name))
      .to.include.members(["dataDir", "httpPort"])
      .and.not.include("rpcUrls");
    expect(parseYaml("a: 1")).to.deep.equal({ a: 1 });
  });
});
