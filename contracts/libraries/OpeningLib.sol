// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IStepVerifier} from "../interfaces/IStepVerifier.sol";
import {Descriptor, Operand, Source} from "../types/Descriptor.sol";
import {Claim, OperandOpening, TileOpening} from "../types/Trace.sol";
import {GeometryLib} from "./GeometryLib.sol";
import {MerkleLib} from "./MerkleLib.sol";
import {Tensor} from "./TensorLib.sol";

/// @title Checks that opened tiles belong to what was committed.
library OpeningLib {
    /// @notice Opens the operands of a step of pass `pass`.
    function open(
        Claim calldata claim,
        Descriptor memory descriptor,
        uint256 pass,
        OperandOpening[] calldata openings
    ) internal view returns (Tensor[] memory tensors) {
        uint256 count = descriptor.operands.length;
        require(openings.length == count, IStepVerifier.WrongOperandCount(openings.length, count));
        tensors = new Tensor[](count);
        for (uint256 i = 0; i < count; ++i) {
            Operand memory operand = descriptor.operands[i];
            tensors[i].geometry = operand.geometry;
            tensors[i].operand = i;
            uint256 byteLength;
            if (operand.source == Source.INPUT) {
                tensors[i].offset = operand.index;
                byteLength = claim.inputBytes;
            } else {
                byteLength = GeometryLib.byteLength(operand.geometry);
            }
            bytes32 root;
            (tensors[i].tiles, root) = _openTiles(openings[i].tiles, byteLength);
            if (openings[i].tiles.length > 0) _checkRoot(claim, operand, pass, root, openings[i].rootPath);
        }
    }

    /// @notice Throws unless `computed` is the committed root.
    function requireRoot(bytes32 computed, bytes32 committed) internal pure {
        require(computed == committed, IStepVerifier.WrongOpening(computed, committed));
    }

    /// @dev The tiles of `byteLength` bytes, and the root to which all of them lead.
    function _openTiles(
        TileOpening[] calldata openings,
        uint256 byteLength
    ) private view returns (uint256[] memory tiles, bytes32 root) {
        uint256 count = GeometryLib.tileCount(byteLength);
        uint256 depth = MerkleLib.treeDepth(count);
        tiles = new uint256[](openings.length);
        for (uint256 i = 0; i < openings.length; ++i) {
            TileOpening calldata opening = openings[i];
            bytes calldata data = opening.data;
            uint256 index = opening.index;
            require(index < count, IStepVerifier.TileOutOfRange(index, count));
            uint256 length = GeometryLib.tileLength(byteLength, index);
            require(data.length == length, IStepVerifier.WrongTileLength(data.length, length));
            bytes32 computed = MerkleLib.rootFromPath(MerkleLib.tileHash(data), index, depth, opening.path);
            if (i == 0) root = computed;
            else requireRoot(computed, root);
            uint256 pointer;
            assembly ("memory-safe") {
                pointer := data.offset
            }
            tiles[i] = (index << 64) | pointer;
        }
    }

    function _checkRoot(
        Claim calldata claim,
        Operand memory operand,
        uint256 pass,
        bytes32 root,
        bytes32[] calldata path
    ) private view {
        uint256 index = 0;
        uint256 depth = 0;
        bytes32 committed = claim.inputRoot;
        if (operand.source == Source.SLOT) {
            index = pass * claim.slots + operand.index;
            depth = GeometryLib.traceDepth(claim.slots, claim.maxPasses);
            committed = claim.traceRoot;
        } else if (operand.source == Source.CONSTANT) {
            index = operand.index;
            depth = MerkleLib.treeDepth(claim.constants);
            committed = claim.constantsRoot;
        }
        requireRoot(MerkleLib.rootFromPath(root, index, depth, path), committed);
    }
}
