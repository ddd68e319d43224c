// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SumTreeLib} from "../libraries/SumTreeLib.sol";
import {EntryProof, ReceiptProof} from "../types/Receipt.sol";

/// @notice Opens the trees of an epoch to tests.
contract SumTreeHarness {
    function entryRoot(bytes32 channelId, EntryProof calldata proof) external pure returns (bytes32) {
        return SumTreeLib.entryRoot(channelId, proof);
    }

    function receiptRoot(
        bytes32 receiptId,
        uint96 liability,
        uint32 count,
        ReceiptProof calldata proof
    ) external pure returns (bytes32 root, uint256 sum) {
        return SumTreeLib.receiptRoot(receiptId, liability, count, proof);
    }
}
