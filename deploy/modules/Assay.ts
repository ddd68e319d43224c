// Ignition module: the protocol on a chain where the stake token exists.
import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";
import { protocol } from "./protocol.ts";

export default buildModule("Assay", (m) => protocol(m, m.getParameter("token")));
