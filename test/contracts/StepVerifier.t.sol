// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {StepVerifier} from "../../contracts/StepVerifier.sol";
import {IJudge} from "../../contracts/interfaces/IJudge.sol";
import {IStepVerifier} from "../../contracts/interfaces/IStepVerifier.sol";
import {MerkleLib} from "../../contracts/libraries/MerkleLib.sol";
import {MerkleHarness} from "../../contracts/mocks/MerkleHarness.sol";
import {ProgramHeader} from "../../contracts/types/Program.sol";
import {
    Claim,
    NodeKind,
    OperandOpening,
    Position,
    Section,
    StepProof,
    TileOpening,
    Verdict
} from "../../contracts/types/Trace.sol";
import {newStepVerifier} from "./support/newStepVerifier.sol";

/// @notice The judge on a program small enough to hash by hand: slot 0 casts the input [200, 7] to i32, the output is
/// its eight bytes. All trees of tensors are single tiles.
contract StepVerifierTest {
    bytes private constant CAST = hex"06030100000002000101000000000101000000020000";
    bytes private constant COLLECT = hex"ff010100000008000100000000000301000000020000";
    bytes private constant INPUT = hex"c807";
    bytes private constant SLOT = hex"c800000007000000";

    MerkleHarness private _merkle;
    StepVerifier private _verifier;
    bytes32 private _slotRoot;
    Claim private _claim;

    function setUp() public {
        _merkle = new MerkleHarness();
        _verifier = newStepVerifier();
        _slotRoot = _merkle.tileHash(SLOT);
        _claim = Claim({
            descriptorsRoot: _merkle.nodeHash(descriptorLeaves()),
            constantsRoot: 0,
            inputRoot: _merkle.tileHash(INPUT),
            traceRoot: _traceRoot(_slotRoot),
            slots: 1,
            constants: 0,
            maxPasses: 1,
            passes: 1,
            inputBytes: 2,
            outputBytes: 8
        });
    }

    // About elements

    function test_verify_honestStep_correct_S04() public view {
        for (uint32 element = 0; element < 2; ++element) {
            require(
                _verdict(_slot(), _slotRoot, NodeKind.Tile, castProof(SLOT, element)) == Verdict.Correct,
                "cast"
            );
        }
        for (uint32 element = 0; element < 8; ++element) {
            StepProof memory proof = collectProof(SLOT, element);
            require(_verdict(_output(), _slotRoot, NodeKind.Tile, proof) == Verdict.Correct, "collect");
        }
    }

    function testFuzz_verify_wrongElement_faulty_S04(uint8 place, uint8 bit) public view {
        bytes memory tile = SLOT;
        tile[place % 8] ^= bytes1(uint8(1 << (bit % 8)));
        bytes32 node = _merkle.tileHash(tile);
        uint32 element = (place % 8) / 4;
        require(_verdict(_slot(), node, NodeKind.Tile, castProof(tile, element)) == Verdict.Faulty, "wrong");
        require(
            _verdict(_slot(), node, NodeKind.Tile, castProof(tile, 1 - element)) == Verdict.Correct,
            "other"
        );
        require(
            _verdict(_output(), node, NodeKind.Tile, collectProof(tile, place % 8)) == Verdict.Faulty,
            "output"
        );
    }

    function test_verify_wrongLength_faulty_S04() public view {
        bytes[3] memory tiles = [bytes(hex"c8000000070000"), hex"c80000000700000000", hex"c8"];
        for (uint256 i = 0; i < 3; ++i) {
            bytes32 node = _merkle.tileHash(tiles[i]);
            require(
                _verdict(_slot(), node, NodeKind.Tile, castProof(tiles[i], 0)) == Verdict.Faulty,
                "length"
            );
        }
    }

    // About nodes

    function test_verify_misplacedNodes_S04() public view {
        StepProof memory proof = castProof(SLOT, 0);
        bytes32 some = keccak256("node");
        Position memory root = Position(Section.Trace, 0, 0);
        Position memory padding = Position(Section.Trace, 1, 5);
        Position memory below = Position(Section.Trace, 2, 0);

        require(_verdict(root, some, NodeKind.Tile, proof) == Verdict.Faulty, "a tile for the root");
        require(_verdict(root, 0, NodeKind.Inner, proof) == Verdict.Faulty, "nothing for the root");
        require(_verdict(padding, some, NodeKind.Unrevealed, proof) == Verdict.Faulty, "data for padding");
        require(_verdict(padding, 0, NodeKind.Unrevealed, proof) == Verdict.Correct, "padding");
        require(_verdict(_slot(), 0, NodeKind.Unrevealed, proof) == Verdict.Faulty, "nothing for a slot");
        require(_verdict(_slot(), some, NodeKind.Inner, proof) == Verdict.Faulty, "an inner node for a tile");
        require(_verdict(below, some, NodeKind.Unrevealed, proof) == Verdict.Faulty, "data below a tile");
        require(_verdict(below, 0, NodeKind.Unrevealed, proof) == Verdict.Correct, "nothing below a tile");
        proof = collectProof(SLOT, 0);
        require(_verdict(_output(), 0, NodeKind.Unrevealed, proof) == Verdict.Faulty, "no output");
        require(_verdict(_output(), some, NodeKind.Inner, proof) == Verdict.Faulty, "a split output");
    }

    function test_verify_rightPlace_reverts_S04() public view {
        Position memory root = Position(Section.Trace, 0, 0);
        bytes memory reason = abi.encodeWithSelector(IStepVerifier.NothingToProve.selector, 0, 0);
        _refused(root, _claim.traceRoot, NodeKind.Inner, castProof(SLOT, 0), reason);
        _refused(root, _claim.traceRoot, NodeKind.Unrevealed, castProof(SLOT, 0), reason);
        reason = abi.encodeWithSelector(IStepVerifier.NothingToProve.selector, 1, 0);
        _refused(_slot(), _slotRoot, NodeKind.Unrevealed, castProof(SLOT, 0), reason);
    }

    // About openings

    function test_verify_malformedOpenings_revert_S04() public view {
        StepProof memory proof = castProof(hex"c900000007000000", 0);
        bytes32 computed = _merkle.tileHash(proof.tile);
        _refusedProof(proof, abi.encodeWithSelector(IStepVerifier.WrongTile.selector, computed, _slotRoot));

        proof = castProof(SLOT, 2);
        _refusedProof(proof, abi.encodeWithSelector(IStepVerifier.ElementOutOfRange.selector, 2, 2));

        proof = castProof(SLOT, 0);
        proof.operands[0].tiles[0].data = hex"c907";
        computed = _merkle.tileHash(hex"c907");
        _refusedProof(
            proof,
            abi.encodeWithSelector(IStepVerifier.WrongOpening.selector, computed, _claim.inputRoot)
        );

        proof.operands[0].tiles[0].data = hex"c80700";
        _refusedProof(proof, abi.encodeWithSelector(IStepVerifier.WrongTileLength.selector, 3, 2));

        proof = castProof(SLOT, 0);
        proof.operands[0].tiles[0].index = 1;
        _refusedProof(proof, abi.encodeWithSelector(IStepVerifier.WrongTileLength.selector, 2, 0));

        proof.operands[0].tiles = new TileOpening[](0);
        _refusedProof(proof, abi.encodeWithSelector(IStepVerifier.MissingTile.selector, 0, 0));

        proof = castProof(SLOT, 0);
        proof.operands[0].rootPath = new bytes32[](15);
        _refusedProof(proof, abi.encodeWithSelector(MerkleLib.WrongPathLength.selector, 15, 0));

        proof = castProof(SLOT, 0);
        proof.descriptorPath = new bytes32[](0);
        _refusedProof(proof, abi.encodeWithSelector(MerkleLib.WrongPathLength.selector, 0, 15));

        proof = castProof(SLOT, 0);
        proof.descriptor = COLLECT;
        bytes32[16] memory leaves = descriptorLeaves();
        leaves[0] = leaves[1];
        computed = _merkle.nodeHash(leaves);
        _refusedProof(
            proof,
            abi.encodeWithSelector(IStepVerifier.WrongOpening.selector, computed, _claim.descriptorsRoot)
        );
    }

    function test_verify_malformedDescriptor_reverts_S05() public view {
        StepProof memory proof = castProof(SLOT, 0);
        proof.descriptor = hex"06030100000002000101000000010101000000020000"; // an input at byte 1
        bytes32[16] memory leaves = descriptorLeaves();
        leaves[0] = _merkle.descriptorHash(proof.descriptor);
        Claim memory claim = _claim;
        claim.descriptorsRoot = _merkle.nodeHash(leaves);
        bytes memory reason = abi.encodeWithSelector(IStepVerifier.MalformedDescriptor.selector, 17);
        try _verifier.verify(claim, _slot(), _slotRoot, NodeKind.Tile, proof) {
            revert("accepted");
        } catch (bytes memory given) {
            require(keccak256(given) == keccak256(reason), "reason");
        }
    }

    // About judges

    function test_constructor_wrongJudge_reverts() public {
        IJudge[3] memory judges = _judges();
        for (uint256 i = 0; i < 3; ++i) {
            IJudge[3] memory given = _judges();
            given[i] = judges[(i + 1) % 3];
            try new StepVerifier(given[0], given[1], given[2]) {
                revert("deployed");
            } catch (bytes memory reason) {
                bytes memory expected = abi.encodeWithSelector(IStepVerifier.WrongJudge.selector, given[i]);
                require(keccak256(reason) == keccak256(expected), "reason");
            }
        }
    }

    /// Each operator has one judge, that of `judgeOf`; the others refuse it.
    function test_operators_haveOneJudge() public view {
        IJudge[3] memory judges = _judges();
        for (uint256 opcode = 0; opcode < 256; ++opcode) {
            bool known = (opcode > 0 && opcode < 34) || opcode > 252;
            require((_verifier.operators() >> opcode) & 1 == (known ? 1 : 0), "known");
            uint256 knowing = 0;
            for (uint256 i = 0; i < 3; ++i) {
                if ((judges[i].operators() >> opcode) & 1 == 0) continue;
                ++knowing;
                require(address(_verifier.judgeOf(uint8(opcode))) == address(judges[i]), "judge");
            }
            require(knowing == (known ? 1 : 0), "one judge");
        }
    }

    function test_judge_otherOperator_reverts_S05() public view {
        ProgramHeader memory header;
        IJudge judge = _verifier.SUM_JUDGE();
        try judge.checkDescriptor(header, 0, CAST) {
            revert("answered");
        } catch (bytes memory reason) {
            bytes memory expected = abi.encodeWithSelector(IStepVerifier.NotThisJudge.selector, 6);
            require(keccak256(reason) == keccak256(expected), "reason");
        }
    }

    // DATA

    function descriptorLeaves() internal view returns (bytes32[16] memory leaves) {
        leaves[0] = _merkle.descriptorHash(CAST);
        leaves[1] = _merkle.descriptorHash(COLLECT);
    }

    function castProof(bytes memory tile, uint32 element) internal view returns (StepProof memory proof) {
        proof = _proof(CAST, 0, tile, element);
        proof.operands[0].tiles[0] = TileOpening({index: 0, data: INPUT, path: new bytes32[](0)});
    }

    function collectProof(bytes memory tile, uint32 element) internal view returns (StepProof memory proof) {
        proof = _proof(COLLECT, 1, tile, element);
        proof.operands[0].rootPath = new bytes32[](15);
        proof.operands[0].tiles[0] = TileOpening({index: 0, data: SLOT, path: new bytes32[](0)});
    }

    function _proof(
        bytes memory descriptor,
        uint256 index,
        bytes memory tile,
        uint32 element
    ) private view returns (StepProof memory proof) {
        bytes32[16] memory leaves = descriptorLeaves();
        proof.descriptor = descriptor;
        proof.descriptorPath = new bytes32[](15);
        proof.descriptorPath[0] = leaves[1 - index];
        proof.tile = tile;
        proof.element = element;
        proof.operands = new OperandOpening[](1);
        proof.operands[0].tiles = new TileOpening[](1);
    }

    function _judges() private view returns (IJudge[3] memory) {
        return [_verifier.SUM_JUDGE(), _verifier.ELEMENT_JUDGE(), _verifier.MOVEMENT_JUDGE()];
    }

    function _slot() private pure returns (Position memory) {
        return Position(Section.Trace, 1, 0);
    }

    function _output() private pure returns (Position memory) {
        return Position(Section.Output, 0, 0);
    }

    function _traceRoot(bytes32 leaf) private view returns (bytes32) {
        bytes32[16] memory leaves;
        leaves[0] = leaf;
        return _merkle.nodeHash(leaves);
    }

    function _verdict(
        Position memory position,
        bytes32 node,
        NodeKind kind,
        StepProof memory proof
    ) private view returns (Verdict) {
        return _verifier.verify(_claim, position, node, kind, proof);
    }

    function _refusedProof(StepProof memory proof, bytes memory reason) private view {
        _refused(_slot(), _slotRoot, NodeKind.Tile, proof, reason);
    }

    function _refused(
        Position memory position,
        bytes32 node,
        NodeKind kind,
        StepProof memory proof,
        bytes memory reason
    ) private view {
        try _verifier.verify(_claim, position, node, kind, proof) {
            revert("accepted");
        } catch (bytes memory given) {
            require(keccak256(given) == keccak256(reason), "reason");
        }
    }
}
