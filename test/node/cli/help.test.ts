// Every command explains itself; what cannot be understood is refused with a suggestion.
import { expect } from "chai";
import { flagWord } from "../../../node/cli/program.ts";
import { commands } from "../../../node/commands/index.ts";
import { flagName, optionsOf } from "../../../node/config.ts";
import { assay } from "../../helpers/commandLine.ts";

const expected = [
  "init",
  "devnet",
  "faucet",
  "doctor",
  "worker",
  "watchtower",
  "defender",
  "keeper",
  "monitor",
  "drain",
  "compile",
  "run",
  "publish",
  "programs list",
  "programs show",
  "programs fetch",
  "request",
  "verify",
  "channel open",
  "channel top-up",
  "channel list",
  "channel status",
  "channel close",
  "channel allot",
  "channel release",
  "receipt verify",
  "receipt check",
  "receipt demand",
  "receipt dispute",
  "inputs ask",
  "inputs post",
  "inputs timeout",
  "status",
  "stake",
  "unstake",
  "withdraw",
  "rewards show",
  "rewards earnings",
  "rewards claim",
  "disputes list",
  "disputes show",
  "disputes challenge",
  "disputes move",
  "disputes timeout",
  "disputes settle",
  "keys create",
  "keys import",
  "keys list",
  "keys export",
  "keys authorize",
  "config show",
  "version",
];

describe("the help", () => {
  it("lists every command and the exit codes", async () => {
    const { code, stdout } = await assay(["--help"]);
    expect(code).to.equal(0);
    expect(commands.map(({ name }) => name)).to.deep.equal(expected);
    for (const name of expected) expect(stdout).to.match(new RegExp(`^  ${name.split(" ")[0]} `, "m"));
    expect(stdout).to.include(
      "Exit codes: 0 done; 1 refused or failed; 2 wrong command line or setting; 75 try again",
    );
  });

  for (const { name, summary, args, flags, scopes, examples } of commands) {
    it(`tells all that \`${name}\` takes`, async () => {
      const { code, stdout, stderr } = await assay([...name.split(" "), "--help"]);
      expect(code, stderr).to.equal(0);
      expect(stdout.replace(/\s+/g, " ")).to.include(summary);
      for (const argument of Object.keys(args)) expect(stdout).to.include(argument);
      for (const flag of Object.keys(flags)) expect(stdout).to.include(flagWord(flag));
      for (const { flag } of optionsOf(...scopes)) expect(stdout).to.include(flag);
      for (const example of examples) expect(stdout).to.include(example);
      for (const global of ["--json", "--debug", "--data-dir"]) expect(stdout).to.include(global);
    });
  }

  it("has no flag that means two things", () => {
    for (const { name, flags, scopes } of commands) {
      const settings = optionsOf(...scopes).map(({ name: setting }) => flagName(setting));
      const own = Object.keys(flags).map(flagWord);
      const all = [...settings, ...own, "--json", "--debug", "--help", "--version"];
      expect(all.length, `${name}: ${all.join(" ")}`).to.equal(new Set(all).size);
    }
  });

  it("shows defaults with their units", async () => {
    const { stdout } = await assay(["stake", "--help"]);
    expect(stdout.replace(/\s+/g, " ")).to.include("(default: 100, gwei)");
  });

  it("prints the version", async () => {
    const { code, stdout } = await assay(["--version"]);
    expect(code).to.equal(0);
    expect(stdout).to.match(/^\d+\.\d+\.\d+\n$/);
    const { json } = await assay(["version", "--json"]);
    expect(json).to.have.keys("version", "node", "platform", "onnxruntime");
  });
});

describe("a command line that cannot be understood", () => {
  const cases: [string, string[], RegExp, RegExp][] = [
    ["a misspelt command", ["stkae", "5"], /Unknown command 'stkae'/, /Did you mean stake\?/],
    ["a misspelt subcommand", ["keys", "crate"], /Unknown command 'crate'/, /Did you mean create\?/],
    [
      "a misspelt flag",
      ["stake", "5", "--dyr-run"],
      /Unknown option '--dyr-run'/,
      /Did you mean --dry-run\?/,
    ],
    ["a missing argument", ["stake"], /Missing required argument 'amount'/, /--help/],
    ["too many arguments", ["stake", "5", "6"], /Too many arguments/, /--help/],
    ["a malformed amount", ["stake", "5x"], /<amount>: expected an amount in tokens from 0 to/, /12\.5/],
    [
      "an amount with too many decimals",
      ["stake", "0.0000000000000000001"],
      /up to 18 decimals/,
      /Amount in tokens/,
    ],
    ["a malformed id", ["verify", "0x12"], /<request>: expected an id of 32 bytes in hex/, /Request id/],
    [
      "a malformed time",
      ["request", "--timeout", "soon"],
      /--timeout: expected a time such as 90s/,
      /Give up/,
    ],
    [
      "an unknown choice",
      ["request", "--level", "sure"],
      /expected one of provisional, accepted, final/,
      /How sure/,
    ],
    [
      "an unknown key",
      ["stake", "5", "--key", "boss"],
      /--key: expected a role, owner, operator/,
      /Key that signs/,
    ],
    [
      "an unknown role",
      ["keys", "create", "boss"],
      /<role>: expected one of owner, operator/,
      /Role of the key/,
    ],
    ["a bad address", ["faucet", "0x12"], /<address>: expected an address of 20 bytes/, /Who receives/],
    [
      "a setting out of range",
      ["status", "--http-port", "70000"],
      /--http-port: expected a whole number from 0 to 65535/,
      /Port/,
    ],
  ];
  for (const [what, argv, message, hint] of cases) {
    it(`is refused: ${what}`, async () => {
      const { code, stdout, stderr } = await assay(argv);
      expect(code).to.equal(2);
      expect(stdout).to.equal("");
      expect(stderr).to.match(/^error: (Usage|Config)Error: /);
      expect(stderr).to.match(message);
      expect(stderr).to.match(hint);
      expect(stderr).to.not.include("    at ");

      const { code: again, json } = await assay([...argv, "--json"]);
      expect(again).to.equal(2);
      expect(json.error).to.include.keys("name", "message", "facts", "exitCode");
      expect(json.error?.exitCode).to.equal(2);
    });
  }

  it("is answered with the help when it names only a group", async () => {
    const { code, stderr } = await assay(["keys"]);
    expect(code).to.equal(2);
    expect(stderr).to.include("Usage: assay keys");
  });

  it("shows where an error comes from only with --debug", async () => {
    expect((await assay(["stake", "5x"])).stderr).to.not.include("    at ");
    expect((await assay(["stake", "5x", "--debug"])).stderr).to.include("    at ");
  });
});
