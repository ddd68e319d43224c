// @assay/node: the operator software as a library: roles, stores and servers, for those who embed them.
export {};
