// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IStepVerifier} from "../interfaces/IStepVerifier.sol";
import {Descriptor, Opcode, Operand, Source} from "../types/Descriptor.sol";
import {Claim, OperandOpening, TileOpening} from "../types/Trace.sol";
import {GeometryLib} from "./GeometryLib.sol";
import {MerkleLib} from "./MerkleLib.sol";
import {Tensor, TensorLib} from "./TensorLib.sol";

/// @title Checks that opened tiles belong to what was committed.
library OpeningLib {
    /// @notice Opens the operands of a step of pass `pass`. One without an opening, and the one that a carry does not read
    /// in this pass, is left without tiles.
    function open(
        Claim calldata claim,
        Descriptor memory descriptor,
        uint256 pass,
        OperandOpening[] calldata openings
    ) internal view returns (Tensor[] memory tensors) {
        tensors = new Tensor[](descriptor.operands.length);
        bool carries = descriptor.opcode == Opcode.CARRY;
        for (uint256 i = 0; i < tensors.length; ++i) {
            Operand memory operand = descriptor.operands[i];
            tensors[i] = TensorLib.tensor(operand.geometry, i);
            if (operand.source == Source.INPUT) tensors[i].offset = operand.index;
            bool unread = carries && (i == 0) == (pass > 0);
            if (i >= openings.length || unread) continue;
            uint256 from = pass;
            // INVARIANT (S-04): a carry goes on with what the pass before made, never with its own.
            // GUARD: S-04-carry
            if (carries && i == 1) from = pass - 1;
            tensors[i].tiles = _openTiles(claim, operand, from, openings[i]);
        }
    }

    /// @notice Throws unless `computed` is the committed root.
    function requireRoot(bytes32 computed, bytes32 committed) internal pure {
        // GUARD: S-04-opening
        require(computed == committed, IStepVerifier.WrongOpening(computed, committed));
    }

    function _openTiles(
        Claim calldata claim,
        Operand memory operand,
        uint256 pass,
        OperandOpening calldata opening
    ) private view returns (uint256[] memory tiles) {
        bool isInput = operand.source == Source.INPUT;
        uint256 size = isInput ? claim.inputBytes : GeometryLib.byteLength(operand.geometry);
        tiles = new uint256[](opening.tiles.length);
        bytes32 root;
        for (uint256 i = 0; i < tiles.length; ++i) {
            bytes32 computed;
            (tiles[i], computed) = _openTile(opening.tiles[i], size);
            if (i == 0) _checkRoot(claim, operand, pass, root = computed, opening.rootPath);
            else requireRoot(computed, root);
        }
    }

    /// @return entry As in `Tensor.tiles`.
    /// @return root To which the path leads.
    function _openTile(
        TileOpening calldata opening,
        uint256 size
    ) private view returns (uint256 entry, bytes32 root) {
        bytes calldata data = opening.data;
        uint256 index = opening.index;
        uint256 length = GeometryLib.tileLength(size, index);
        require(data.length == length, IStepVerifier.WrongTileLength(data.length, length));
        uint256 depth = MerkleLib.treeDepth(GeometryLib.tileCount(size));
        root = MerkleLib.rootFromPath(MerkleLib.tileHash(data), index, depth, opening.path);
        uint256 pointer;
        assembly ("memory-safe") {
            pointer := data.offset
        }
        entry = (index << 64) | pointer;
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
