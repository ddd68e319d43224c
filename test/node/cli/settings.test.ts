// Flags over environment over file; init, keys and config show; nothing that exists is overwritten.
import { EventEmitter } from "node:events";
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { expect } from "chai";
import { parse } from "yaml";
import { runCommandLine } from "../../../node/cli/run.ts";
import { commands } from "../../../node/commands/index.ts";
import { assay, temporaryHome } from "../../helpers/commandLine.ts";

const cheap = ["--key-cost", "10"];

describe("settings on the command line", () => {
  const home = temporaryHome();
  after(() => home.remove());
  const folder = home.path;

  const resolvedValue = async (
    key: string,
    argv: string[] = [],
    environment: Record<string, string> = {},
  ) => {
    const { json } = await assay(["config", "show", "--json", ...argv], { folder, environment });
    const settings = json.settings as { key: string; value: unknown; source: string }[];
    const { value, source } = settings.find((setting) => setting.key === key)!;
    return { value, source };
  };

  it("come from the flag, else the environment, else the file, else the default", async () => {
    expect(await resolvedValue("http.port")).to.deep.equal({ value: 8480, source: "default" });
    writeFileSync(join(folder, "assay.yaml"), "http:\n  port: 1111\n");
    expect(await resolvedValue("http.port")).to.deep.equal({ value: 1111, source: "file" });
    const environment = { ASSAY_HTTP_PORT: "2222" };
    expect(await resolvedValue("http.port", [], environment)).to.deep.equal({
      value: 2222,
      source: "environment",
    });
    expect(await resolvedValue("http.port", ["--http-port", "3333"], environment)).to.deep.equal({
      value: 3333,
      source: "flag",
    });
  });

  it("are masked where they hold secrets", async () => {
    const environment = { ASSAY_PASSWORD: "open sesame", ASSAY_RPC_URLS: "https://me:pw@rpc.example/v3/key" };
    const { stdout } = await assay(["config", "show"], { folder, environment });
    expect(stdout).to.include("https://rpc.example/***");
    expect(stdout).to.not.match(/sesame|v3|me:pw/);
    const { stdout: full } = await assay(["config", "show", "--reveal-urls"], { folder, environment });
    expect(full).to.include("v3/key").and.not.include("sesame");
  });

  const refused: [string, string, Record<string, string>, RegExp][] = [
    ["an unknown key", "htp:\n  port: 1\n", {}, /Unknown key htp\.port, did you mean http\.port\?/],
    ["a bad value", "http:\n  port: many\n", {}, /http\.port: expected a whole number from 0 to 65535/],
    ["a file that is not YAML", "http: [\n", {}, /not valid YAML/],
    [
      "an unknown variable",
      "",
      { ASSAY_HTTP_PROT: "1" },
      /Unknown environment variable ASSAY_HTTP_PROT, did you mean/,
    ],
  ];
  for (const [what, yaml, environment, message] of refused) {
    it(`are refused with a suggestion: ${what}`, async () => {
      writeFileSync(join(folder, "assay.yaml"), yaml);
      const { code, stderr } = await assay(["keys", "list"], { folder, environment });
      expect(code).to.equal(2);
      expect(stderr).to.match(message);
    });
  }

  it("name a file that has to exist", async () => {
    const { code, stderr } = await assay(["keys", "list", "--config", join(folder, "absent.yaml")]);
    expect(code).to.equal(2);
    expect(stderr).to.include("The configuration file does not exist");
  });
});

describe("assay init", () => {
  const home = temporaryHome();
  after(() => home.remove());

  it("writes settings and keys that the other commands find", async () => {
    const folder = join(home.path, "node");
    mkdirSync(folder);
    const { code, json, stderr } = await assay(
      ["init", "--json", "--rpc-urls", "http://127.0.0.1:1", ...cheap],
      { folder },
    );
    expect(code, stderr).to.equal(0);
    const keys = json.keys as { role: string; address: string; created: boolean }[];
    expect(keys.map(({ role, created }) => [role, created])).to.deep.equal([
      ["owner", true],
      ["operator", true],
      ["defender", true],
    ]);
    const settings = parse(readFileSync(join(folder, "assay.yaml"), "utf8")) as Record<
      string,
      Record<string, unknown>
    >;
    expect(settings.chain?.rpcUrls).to.deep.equal(["http://127.0.0.1:1"]);
    expect(settings.account).to.equal(keys[0]!.address);
    const passwordFile = String(settings.keys?.passwordFile);
    expect(statSync(passwordFile).mode & 0o777).to.equal(0o600);
    expect(readFileSync(passwordFile, "utf8").trim().length).to.equal(32);

    const listed = await assay(["keys", "list", "--json"], { folder });
    expect((listed.json.keys as { address: string }[]).map(({ address }) => address)).to.have.members(
      keys.map(({ address }) => address),
    );
    const revealed = await assay(["keys", "export", "operator", "--reveal", "--json"], { folder });
    expect(revealed.json.privateKey).to.match(/^0x[0-9a-f]{64}$/);

    const again = await assay(["init"], { folder });
    expect(again.code).to.equal(1);
    expect(again.stderr).to.include("There is a settings file already");
  });

  it("says what to do next", async () => {
    const { stdout } = await assay(["init", "tower", "--role", "challenger", ...cheap], {
      folder: home.path,
    });
    expect(stdout).to.match(
      /1\. Name the contracts[\s\S]*2\. Send coins for gas to challenger[\s\S]*assay watchtower/,
    );
    expect(stdout).to.not.include("assay stake");
  });
});

describe("assay keys", () => {
  const home = temporaryHome();
  after(() => home.remove());
  const folder = home.path;
  const passwordFile = join(folder, "password");
  const secret = ["--password-file", passwordFile, "--data-dir", folder, ...cheap];
  const privateKey = `0x${"11".repeat(32)}`;
  before(() => writeFileSync(passwordFile, "long enough\n", { mode: 0o600 }));

  it("are created, imported from standard input, listed and exported", async () => {
    const created = await assay(["keys", "create", "owner", "--name", "cold", ...secret, "--json"]);
    expect(created.json).to.include({ role: "owner", name: "cold" });
    const imported = await assay(["keys", "import", "operator", ...secret], { stdin: `${privateKey}\n` });
    expect(imported.code, imported.stderr).to.equal(0);
    expect(imported.stdout)
      .to.include("0x19E7E376E7C213B7E7e7e46cc70A5dD086DAff2A")
      .and.not.include("1111111111");
    const listed = await assay(["keys", "list", "--data-dir", folder]);
    expect(listed.stdout).to.match(/owner +cold/);
    const exported = await assay(["keys", "export", "operator", "--data-dir", folder]);
    expect(JSON.parse(exported.stdout)).to.include({ version: 3 });
  });

  const refused: [string, string[], string, number, RegExp][] = [
    ["a key that exists", ["keys", "import", "operator"], `${privateKey}\n`, 1, /in the keystore already/],
    ["what is no private key", ["keys", "import", "defender"], "hello\n", 1, /not a private key/],
    ["nothing on standard input", ["keys", "import", "defender"], "", 2, /ended before a line was read/],
    ["a bad name", ["keys", "create", "owner", "--name", "../up"], "", 1, /small letters, digits/],
    ["a key that is not there", ["keys", "export", "defender", "--reveal"], "", 1, /cannot be read/],
  ];
  for (const [what, argv, stdin, exit, message] of refused) {
    it(`refuse ${what}`, async () => {
      const { code, stderr } = await assay([...argv, ...secret], { stdin });
      expect(stderr).to.match(message);
      expect(code).to.equal(exit);
    });
  }

  it("need a password that others cannot read", async () => {
    const none = await assay(["keys", "create", "owner", "--data-dir", folder]);
    expect(none.code).to.equal(2);
    expect(none.stderr).to.include("--password-file is needed").and.include("ASSAY_PASSWORD_FILE");
    const open = join(folder, "open");
    writeFileSync(open, "long enough\n", { mode: 0o644 });
    const readable = await assay(["keys", "create", "owner", "--data-dir", folder, "--password-file", open]);
    expect(readable.code).to.equal(1);
    expect(readable.stderr).to.include("Others can read this file").and.include(`chmod 600 ${open}`);
  });

  it("ask for a password at a terminal, twice for a new one, and show nothing of it", async () => {
    const type = async (...answers: string[]) => {
      const stdin = Object.assign(new PassThrough(), { isTTY: true });
      let stderr = "";
      const write = (text: string) => {
        stderr += text;
        if (text.endsWith(": ")) setImmediate(() => stdin.write(`${answers.shift()}\n`));
      };
      const argv = ["keys", "create", "challenger", "--data-dir", folder, ...cheap];
      const io = {
        environment: {},
        folder,
        stdin,
        stdout: { write: () => {} },
        stderr: { write },
        signals: new EventEmitter(),
      };
      return { code: await runCommandLine(argv, commands, io), stderr };
    };
    const differing = await type("open sesame", "open simsim");
    expect(differing.code).to.equal(2);
    expect(differing.stderr).to.include("The two passwords differ").and.not.include("sesame");
    const agreed = await type("open sesame", "open sesame");
    expect(agreed.code, agreed.stderr).to.equal(0);
    expect(agreed.stderr).to.equal("Password of the key files: \nOnce more: \n");
  });
});
