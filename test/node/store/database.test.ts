// The SQLite file: one process at a time, migrations, copies.

import { spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { openDatabase } from "../../../node/store/database.ts";
import { errorOf, temporaryFolder } from "../../helpers/nodeParts.ts";

describe("openDatabase", () => {
  const { path: folder, remove } = temporaryFolder();
  after(remove);

  it("refuses a second process on the same folder, and says which one is there", async () => {
    const database = openDatabase({ folder });
    const { message } = await errorOf(() => openDatabase({ folder }));
    expect(message)
      .to.match(/Another process/)
      .and.include(`pid: ${process.pid}`);
    const elsewhere = `import { openDatabase } from "./node/store/database.ts"; openDatabase({ folder: process.argv[1] });`;
    const { status, stderr } = spawnSync(
      process.execPath,
      ["--conditions=assay-source", "--import", "tsx", "--input-type=module", "-e", elsewhere, folder],
      { encoding: "utf8" },
    );
    expect(status).not.to.equal(0);
    expect(stderr).to.match(/Another process uses this data folder/);
    database.close();
    openDatabase({ folder }).close();
  });

  it("can be read while another process writes, and only then", async () => {
    const database = openDatabase({ folder });
    database.sql.exec("INSERT INTO facts VALUES ('a', '1')");
    const reader = openDatabase({ folder, readonly: true });
    expect(reader.sql.prepare("SELECT value FROM facts WHERE name = 'a'").pluck().get()).to.equal("1");
    expect(() => reader.sql.exec("DELETE FROM facts")).to.throw(/readonly/);
    reader.close();
    database.close();
    await errorOf(() => openDatabase({ folder: join(folder, "nothing"), readonly: true }));
  });

  it("makes durable commits, checks itself and writes a copy", async () => {
    const database = openDatabase({ folder });
    expect(database.sql.pragma("journal_mode", { simple: true })).to.equal("wal");
    const [normal, full] = [1, 2];
    const synchronous = () => database.sql.pragma("synchronous", { simple: true });
    expect(synchronous()).to.equal(normal);
    expect(database.transactDurably(synchronous)).to.equal(full);
    expect(() => database.transactDurably(() => JSON.parse("{"))).to.throw();
    expect(synchronous()).to.equal(normal);
    expect(database.check()).to.deep.equal([]);
    await database.backup(join(folder, "copy.sqlite"));
    expect(existsSync(join(folder, "copy.sqlite"))).to.equal(true);
    database.close();
  });

  it("refuses a journal of a newer version and a file that is none", async () => {
    const database = openDatabase({ folder });
    database.sql.pragma("user_version = 999");
    database.close();
    expect((await errorOf(() => openDatabase({ folder }))).message).to.match(/newer version/);
    const other = temporaryFolder();
    writeFileSync(join(other.path, "journal.sqlite"), "this is no database ".repeat(100));
    await errorOf(() => openDatabase({ folder: other.path }));
    await errorOf(() => openDatabase({ folder: other.path })); // the lock was given back
    other.remove();
  });

  it("rolls back a transaction that throws, nested ones alone", () => {
    const { path, remove } = temporaryFolder();
    const { sql, transact, close } = openDatabase({ folder: path });
    const insert = (name: string) => sql.prepare("INSERT INTO facts VALUES (?, '')").run(name);
    transact(() => {
      insert("kept");
      expect(() =>
        transact(() => {
          insert("undone");
          throw new Error("inner");
        }),
      ).to.throw("inner");
    });
    expect(sql.prepare("SELECT name FROM facts").pluck().all()).to.deep.equal(["kept"]);
    close();
    remove();
  });
});
