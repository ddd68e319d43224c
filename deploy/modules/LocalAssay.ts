// Ignition module: the protocol and a play-money token, for a local chain.
import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";
import { protocol } from "./protocol.ts";

export default buildModule("LocalAssay", (m) => {
  const token = m.contract("AssayToken");
  return { token, ...protocol(m, token) };
});
