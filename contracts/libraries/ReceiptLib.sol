// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Receipt, Voucher} from "../types/Receipt.sol";

/// @title Identifiers of channels, and the EIP-712 structs that are signed off the chain.
/// @dev The twin of sdk/protocol/receipts.ts, vouchers.ts and channelIds.ts.
library ReceiptLib {
    bytes32 internal constant CHANNEL_DOMAIN = keccak256("assay.channel");
    bytes32 internal constant RECEIPT_TYPE = keccak256(
        "Receipt(bytes32 channelId,uint64 session,uint64 sequence,bytes32 programId,bytes32 inputRoot,"
        "bytes32 outputRoot,uint32 passes,uint16 version,bool isPrivate,uint96 fee,uint96 liability,"
        "uint64 issuedAt,uint64 challengeUntil,bytes32 previous)"
    );
    bytes32 internal constant VOUCHER_TYPE = keccak256("Voucher(bytes32 channelId,uint96 total)");

    function channelId(address channels, address payer, address worker) internal view returns (bytes32) {
        return keccak256(abi.encode(CHANNEL_DOMAIN, block.chainid, channels, payer, worker));
    }

    function receiptStruct(Receipt calldata receipt) internal pure returns (bytes32) {
        return keccak256(abi.encode(RECEIPT_TYPE, receipt));
    }

    function voucherStruct(Voucher calldata voucher) internal pure returns (bytes32) {
        return keccak256(abi.encode(VOUCHER_TYPE, voucher));
    }
}
