// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IJudge} from "../interfaces/IJudge.sol";
import {IStepVerifier} from "../interfaces/IStepVerifier.sol";
import {DescriptorLib} from "../libraries/DescriptorLib.sol";
import {GeometryLib} from "../libraries/GeometryLib.sol";
import {MerkleLib} from "../libraries/MerkleLib.sol";
import {OpeningLib} from "../libraries/OpeningLib.sol";
import {OperatorSetLib} from "../libraries/OperatorSetLib.sol";
import {RuleLib} from "../libraries/RuleLib.sol";
import {Tensor, TensorLib} from "../libraries/TensorLib.sol";
import {Descriptor, Geometry, Opcode, Rule} from "../types/Descriptor.sol";
import {ProgramHeader} from "../types/Program.sol";
import {
    Claim,
    NodeKind,
    OperandOpening,
    Pass,
    Position,
    Section,
    StepProof,
    Verdict
} from "../types/Trace.sol";

/// @title What all judges do: checks that openings belong to what was committed, and that a descriptor has one meaning. Each
/// judge adds the operators of one kind.
abstract contract Judge is IJudge {
    /// @dev A node of the tree of one tensor: which tensor, and how far below its root.
    struct Place {
        uint256 descriptor; // number of the step that produces the tensor
        Pass pass;
        uint256 level; // choices made below the tensor's root
        uint256 path; // those choices
    }

    /// @inheritdoc IJudge
    function verify(
        Claim calldata claim,
        Position calldata position,
        bytes32 node,
        NodeKind kind,
        StepProof calldata proof
    ) external view returns (Verdict) {
        Place memory place;
        place.pass.most = claim.maxPasses;
        if (position.section == Section.Output) {
            place.descriptor = claim.slots;
            place.pass.number = claim.passes - 1;
            place.level = position.depth;
            place.path = position.path;
            return _verifyTensor(claim, position, place, node, kind, proof);
        }
        uint256 depth = GeometryLib.traceDepth(claim.slots, claim.maxPasses);
        uint256 leaves = uint256(claim.slots) * claim.passes;
        if (position.depth < depth) {
            uint256 first = uint256(position.path) << (4 * (depth - position.depth));
            if (first >= leaves) return _verifyPadding(node);
            return _verifyInner(position, node, kind);
        }
        place.level = position.depth - depth;
        uint256 leaf = position.path >> (4 * place.level);
        if (leaf >= leaves) return _verifyPadding(node);
        place.path = position.path - (leaf << (4 * place.level));
        place.descriptor = leaf % claim.slots;
        place.pass.number = leaf / claim.slots;
        return _verifyTensor(claim, position, place, node, kind, proof);
    }

    /// @inheritdoc IJudge
    function checkDescriptor(
        ProgramHeader calldata header,
        uint256 index,
        bytes calldata descriptor
    ) external view returns (uint256 code) {
        return _faultOf(header, index, descriptor);
    }

    /// @notice Reverts with `MalformedDescriptor` for the first rule that a descriptor breaks.
    function requireWellFormed(
        ProgramHeader calldata header,
        uint256 index,
        bytes calldata descriptor
    ) external pure {
        _parse(header, index, descriptor);
    }

    /// @inheritdoc IJudge
    function operators() public pure virtual returns (uint256);

    /// @dev Holds a descriptor with the operator's number of operands and attributes to the operator's shape rule.
    function _checkShape(Descriptor memory descriptor, uint256 outputBytes) internal pure virtual;

    /// @dev One element of a well-formed step in unbounded integers; `index` are its logical indices.
    function _element(
        Descriptor memory descriptor,
        Tensor[] memory operands,
        uint256[] memory index,
        Pass memory pass
    ) internal pure virtual returns (int256);

    function _verifyTensor(
        Claim calldata claim,
        Position calldata position,
        Place memory place,
        bytes32 node,
        NodeKind kind,
        StepProof calldata proof
    ) private view returns (Verdict) {
        Descriptor memory descriptor = _openDescriptor(claim, place.descriptor, proof);
        uint256 byteLength = GeometryLib.byteLength(descriptor.out);
        uint256 tiles = GeometryLib.tileCount(byteLength);
        uint256 depth = MerkleLib.treeDepth(tiles);
        if (place.level > depth) return _verifyPadding(node);
        uint256 tile = place.path << (4 * (depth - place.level));
        if (tile >= tiles) return _verifyPadding(node);
        if (place.level < depth) return _verifyInner(position, node, kind);

        if (node == MerkleLib.EMPTY || kind == NodeKind.Inner) return Verdict.Faulty;
        require(kind == NodeKind.Tile, IStepVerifier.NothingToProve(position.depth, position.path));
        bytes32 computed = MerkleLib.tileHash(proof.tile);
        // GUARD: S-04-tile
        require(computed == node, IStepVerifier.WrongTile(computed, node));
        if (proof.tile.length != GeometryLib.tileLength(byteLength, tile)) return Verdict.Faulty;
        return _verifyElement(claim, descriptor, place.pass, tile, proof);
    }

    function _verifyElement(
        Claim calldata claim,
        Descriptor memory descriptor,
        Pass memory pass,
        uint256 tile,
        StepProof calldata proof
    ) private view returns (Verdict) {
        Geometry memory out = descriptor.out;
        uint256 first = (tile * MerkleLib.TILE_BYTES) / GeometryLib.width(out.dtype);
        int256 claimed = _elementOf(proof.tile, proof.element, out.dtype);
        int256 value = _recompute(claim, descriptor, pass, first + proof.element, proof.operands);
        if (descriptor.opcode == Opcode.STOP) {
            // INVARIANT (S-04): the pass that stops is the last one claimed, and no other stops.
            // GUARD: S-04-stop
            if (claimed != (pass.number + 1 == claim.passes ? int256(1) : int256(0))) return Verdict.Faulty;
        }
        return value == claimed ? Verdict.Correct : Verdict.Faulty;
    }

    function _recompute(
        Claim calldata claim,
        Descriptor memory descriptor,
        Pass memory pass,
        uint256 position,
        OperandOpening[] calldata openings
    ) private view returns (int256) {
        uint256[] memory index = GeometryLib.indices(descriptor.out, position);
        Tensor[] memory operands = OpeningLib.open(claim, descriptor, pass.number, openings);
        return TensorLib.wrap(_element(descriptor, operands, index, pass), descriptor.out.dtype);
    }

    function _elementOf(bytes calldata tile, uint256 element, uint256 dtype) private pure returns (int256) {
        uint256 width = GeometryLib.width(dtype);
        // INVARIANT: only what was revealed is judged; beyond it lies whatever calldata follows.
        // GUARD: S-04-element
        require(element < tile.length / width, IStepVerifier.ElementOutOfRange(element, tile.length / width));
        uint256 pointer;
        assembly ("memory-safe") {
            pointer := add(tile.offset, mul(element, width))
        }
        return TensorLib.decode(pointer, dtype);
    }

    /// @dev Where nothing belongs.
    function _verifyPadding(bytes32 node) private pure returns (Verdict) {
        return node == MerkleLib.EMPTY ? Verdict.Correct : Verdict.Faulty;
    }

    /// @dev Where a node with children belongs.
    function _verifyInner(
        Position calldata position,
        bytes32 node,
        NodeKind kind
    ) private pure returns (Verdict) {
        bool misplaced = node == MerkleLib.EMPTY || kind == NodeKind.Tile;
        // GUARD: S-04-node
        require(misplaced, IStepVerifier.NothingToProve(position.depth, position.path));
        return Verdict.Faulty;
    }

    function _openDescriptor(
        Claim calldata claim,
        uint256 index,
        StepProof calldata proof
    ) private view returns (Descriptor memory) {
        bytes32 leaf = MerkleLib.descriptorHash(proof.descriptor);
        uint256 depth = MerkleLib.treeDepth(uint256(claim.slots) + 1);
        bytes32 root = MerkleLib.rootFromPath(leaf, index, depth, proof.descriptorPath);
        OpeningLib.requireRoot(root, claim.descriptorsRoot);
        ProgramHeader memory header;
        header.slots = claim.slots;
        header.constants = claim.constants;
        header.maxPasses = claim.maxPasses;
        header.inputBytes = claim.inputBytes;
        header.outputBytes = claim.outputBytes;
        header.tensorDepth = type(uint8).max;
        return _parse(header, index, proof.descriptor);
    }

    function _parse(
        ProgramHeader memory header,
        uint256 index,
        bytes calldata data
    ) private pure returns (Descriptor memory descriptor) {
        descriptor = DescriptorLib.parse(data);
        bool mine = OperatorSetLib.contains(operators(), descriptor.opcode);
        require(mine, IStepVerifier.NotThisJudge(descriptor.opcode));
        DescriptorLib.checkAgainst(descriptor, header, index);
        // INVARIANT: what is judged has one meaning; of anything else the program is retired instead.
        // GUARD: S-05
        _checkShape(descriptor, header.outputBytes);
        uint256 depth = MerkleLib.treeDepth(GeometryLib.tileCount(GeometryLib.byteLength(descriptor.out)));
        RuleLib.check(depth <= header.tensorDepth, Rule.TENSOR_TOO_DEEP);
    }

    /// @dev The rule that `requireWellFormed` reverts with. What else it may revert with, no gas left above all, is
    /// passed on: it says nothing about the descriptor.
    function _faultOf(
        ProgramHeader calldata header,
        uint256 index,
        bytes calldata descriptor
    ) private view returns (uint256 code) {
        try this.requireWellFormed(header, index, descriptor) {
            return 0;
        } catch (bytes memory reason) {
            bool malformed =
                reason.length == 36 && bytes4(reason) == IStepVerifier.MalformedDescriptor.selector;
            assembly ("memory-safe") {
                if iszero(malformed) {
                    revert(add(reason, 32), mload(reason))
                }
                code := mload(add(reason, 36))
            }
        }
    }
}
