// Key files: format, separation of roles, and who may read them.
import { chmodSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { Wallet } from "ethers";
import { createKeystore, createSigner } from "../../../node/keys/keystore.ts";
import { anvilKey } from "../../helpers/anvil.ts";
import { errorOf, temporaryFolder } from "../../helpers/nodeParts.ts";

describe("createKeystore", () => {
  const folder = temporaryFolder();
  after(folder.remove);
  const keystore = createKeystore({ folder: folder.path, cost: 10 });
  const password = "correct horse";
  const operator = { role: "operator", name: "main", password } as const;

  it("creates, lists, exports and unlocks a key that other wallets can read", async () => {
    const { path, address } = await keystore.create(operator);
    expect(statSync(path).mode & 0o777).to.equal(0o600);
    expect(statSync(join(folder.path, "operator")).mode & 0o777).to.equal(0o700);
    expect(keystore.list()).to.deep.equal([{ role: "operator", name: "main", address, path }]);
    const signer = await keystore.unlock(operator);
    expect(signer).to.include({ role: "operator", address });
    const other = await Wallet.fromEncryptedJson(keystore.export(operator), password);
    expect(other.address).to.equal(address);
    expect(await keystore.reveal(operator)).to.equal(other.privateKey);
  });

  it("imports a private key, with or without 0x, and refuses what is none", async () => {
    const defender = { role: "defender", name: "elsewhere", password } as const;
    await keystore.import({ ...defender, privateKey: anvilKey(3).slice(2) });
    expect((await keystore.unlock(defender)).address).to.equal(createSigner("defender", anvilKey(3)).address);
    for (const privateKey of ["", "0x12", `0x${"ff".repeat(32)}`, `0x${"zz".repeat(32)}`])
      await errorOf(() => keystore.import({ role: "owner", name: "bad", password, privateKey }));
  });

  it("keeps one key out of two roles and never replaces a file", async () => {
    const message = await errorOf(() =>
      keystore.import({ role: "owner", name: "cold", password, privateKey: anvilKey(3) }),
    );
    expect(message.message).to.match(/in the keystore already/);
    await errorOf(() => keystore.create(operator));
    expect(keystore.list()).to.have.length(2);
  });

  it("refuses a wrong password without saying more, a short one, and names that leave the folder", async () => {
    const error = await errorOf(() => keystore.unlock({ ...operator, password: "wrong" }));
    expect(error.message).to.match(/does not open with this password/);
    expect(error.cause).to.equal(undefined);
    await errorOf(() => keystore.create({ role: "owner", name: "x", password: "short" }));
    for (const name of ["../up", "a/b", "", "UPPER"])
      await errorOf(() => keystore.create({ role: "owner", name, password }));
  });

  it("refuses key files that others can read, and files that hold no key", async () => {
    const path = join(folder.path, "operator", "main.json");
    chmodSync(path, 0o640);
    expect((await errorOf(() => keystore.unlock(operator))).message)
      .to.match(/Others can read/)
      .and.match(/0640/);
    await errorOf(() => keystore.export(operator));
    chmodSync(path, 0o600);
    expect(JSON.parse(readFileSync(path, "utf8"))).to.have.property("version", 3);
    writeFileSync(join(folder.path, "owner.json"), "{}");
    writeFileSync(join(folder.path, "defender", "broken.json"), "not json");
    await errorOf(() => keystore.list());
  });
});
