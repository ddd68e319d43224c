// @assay/sdk: everything a client needs to speak the Assay protocol. No native code; runs in Node and in a browser.
export {};
