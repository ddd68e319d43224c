// @assay/sdk/protocol: hashes, ids, Merkle trees, clocks and state, mirroring contracts/types. Pure: no input or output.
export {};
