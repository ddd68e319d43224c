// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {StepVerifier} from "../../contracts/StepVerifier.sol";
import {IStepVerifier} from "../../contracts/interfaces/IStepVerifier.sol";
import {MerkleHarness} from "../../contracts/mocks/MerkleHarness.sol";
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

/// @notice The judge on an iterated program of two slots: slot 0 carries a byte, the input's at first; slot 1 stops once
/// that is not zero. The output is the byte. A worker may write anything into the trace, so a pass counts down as it likes.
contract IterationTest {
    bytes private constant BYTE = hex"01010000000100";
    bytes private constant INPUT = hex"07";
    uint256 private constant CARRY = 0;
    uint256 private constant STOP = 1;
    uint256 private constant COLLECT = 2;

    MerkleHarness private _merkle;
    StepVerifier private _verifier;

    function setUp() public {
        _merkle = new MerkleHarness();
        _verifier = newStepVerifier();
    }

    // Carry

    function test_carry_readsInputThenThePassBefore_S04() public view {
        bytes32[16] memory trace = tracing(hex"0700_0800_0801", 3);
        require(_verdict(trace, 3, 0, CARRY, 7, proof(CARRY, trace, 7)) == Verdict.Correct, "the input");
        // What pass 0 made was 7, so pass 1 cannot begin with 8; pass 2 goes on with that 8.
        require(_verdict(trace, 3, 1, CARRY, 8, carried(trace, 0, 7, 8)) == Verdict.Faulty, "another byte");
        require(_verdict(trace, 3, 2, CARRY, 8, carried(trace, 2, 8, 8)) == Verdict.Correct, "the byte");
        trace = tracing(hex"0800_0801", 2);
        require(_verdict(trace, 2, 0, CARRY, 8, proof(CARRY, trace, 8)) == Verdict.Faulty, "not the input");
    }

    function test_carry_ofItsOwnPass_reverts_S04() public view {
        bytes32[16] memory trace = tracing(hex"0700_0800_0801", 3);
        StepProof memory own = carried(trace, 2, 8, 8);
        _refused(trace, 3, 1, CARRY, 8, own);
    }

    function test_carry_unreadOperand_isNotLookedAt_S04() public view {
        bytes32[16] memory trace = tracing(hex"0700_0701", 2);
        StepProof memory first = proof(CARRY, trace, 7);
        first.operands[1].tiles = new TileOpening[](1);
        first.operands[1].tiles[0].data = hex"0102";
        first.operands[1].rootPath = new bytes32[](3);
        require(_verdict(trace, 2, 0, CARRY, 7, first) == Verdict.Correct, "pass 0");
        StepProof memory second = carried(trace, 0, 7, 7);
        second.operands[0] = first.operands[1];
        require(_verdict(trace, 2, 1, CARRY, 7, second) == Verdict.Correct, "pass 1");
    }

    // Stop

    function test_stop_showsTheLastPass_S04() public view {
        bytes32[16] memory trace = tracing(hex"0000_0000_0501", 3);
        require(_stop(trace, 3, 0, 0, 0) == Verdict.Correct, "goes on");
        require(_stop(trace, 3, 1, 0, 0) == Verdict.Correct, "goes on again");
        require(_stop(trace, 3, 2, 5, 1) == Verdict.Correct, "stops");
        require(_stop(tracing(hex"0000_0001_0501", 3), 3, 1, 0, 1) == Verdict.Faulty, "stops without reason");
        require(
            _stop(tracing(hex"0500_0000_0501", 3), 3, 0, 5, 0) == Verdict.Faulty,
            "goes on without reason"
        );
        require(_stop(tracing(hex"0502", 1), 1, 0, 5, 2) == Verdict.Faulty, "another byte");
    }

    function test_stop_lastPassOfTheProgram_stops_S04() public view {
        require(_stop(tracing(hex"0000000000000001", 4), 4, 3, 0, 1) == Verdict.Correct, "stops");
        require(_stop(tracing(hex"0000000000000000", 4), 4, 3, 0, 0) == Verdict.Faulty, "goes on");
    }

    /// Whoever claims another number of passes than were due is wrong at the stop of the pass that either ends with,
    /// whatever byte it shows there.
    function testFuzz_stop_wrongPasses_isFaulty_S04(uint8 due, uint8 claimed, uint8 shown) public view {
        uint32 right = (due % 4) + 1;
        uint32 given = (claimed % 4) + 1;
        uint256 pass = (right < given ? right : given) - 1;
        bytes memory values = new bytes(2 * given);
        if (right <= given) values[2 * (right - 1)] = 0x05;
        values[2 * pass + 1] = bytes1(shown);
        bytes32[16] memory trace = tracing(values, given);
        Verdict verdict = _stop(trace, given, pass, uint8(values[2 * pass]), shown);
        bool correct = right == given && shown == 1;
        require((verdict == Verdict.Correct) == correct, "verdict");
    }

    // Collect

    function test_collect_readsTheLastPass_S04() public view {
        bytes32[16] memory trace = tracing(hex"0700_0901", 2);
        StepProof memory last = carried(trace, 2, 9, 9);
        (last.descriptor, last.descriptorPath) = _descriptor(COLLECT);
        last.operands[0] = last.operands[1];
        Position memory output = Position(Section.Output, 0, 0);
        bytes32 node = _merkle.tileHash(hex"09");
        Claim memory claim = claimOf(trace, 2);
        require(_verifier.verify(claim, output, node, NodeKind.Tile, last) == Verdict.Correct, "last");
    }

    // Places beyond the claimed passes

    function test_verify_beyondThePasses_isPadding_S04() public view {
        bytes32[16] memory trace = tracing(hex"0000_0501", 2);
        Position memory beyond = Position(Section.Trace, 1, 4);
        StepProof memory any = proof(STOP, trace, 0);
        Claim memory claim = claimOf(trace, 2);
        require(_verifier.verify(claim, beyond, 0, NodeKind.Unrevealed, any) == Verdict.Correct, "empty");
        bytes32 node = _merkle.tileHash(hex"00");
        require(_verifier.verify(claim, beyond, node, NodeKind.Unrevealed, any) == Verdict.Faulty, "data");
    }

    // DATA

    function descriptors() internal pure returns (bytes[3] memory) {
        bytes memory slot0 = bytes.concat(hex"0000000000", BYTE);
        return
            [
                bytes.concat(hex"fd", BYTE, hex"02_0100000000", BYTE, slot0, hex"00"),
                bytes.concat(hex"fe", BYTE, hex"01", slot0, hex"00"),
                bytes.concat(hex"ff", BYTE, hex"01", slot0, hex"00")
            ];
    }

    /// @notice The leaves of a trace of `passes` passes that holds the given bytes, slot after slot.
    function tracing(bytes memory values, uint32 passes) internal view returns (bytes32[16] memory leaves) {
        require(values.length == 2 * passes, "two slots a pass");
        for (uint256 i = 0; i < values.length; ++i) leaves[i] = _merkle.tileHash(abi.encodePacked(values[i]));
    }

    function claimOf(bytes32[16] memory trace, uint32 passes) internal view returns (Claim memory) {
        return
            Claim({
                descriptorsRoot: _merkle.nodeHash(_descriptorLeaves()),
                constantsRoot: 0,
                inputRoot: _merkle.tileHash(INPUT),
                traceRoot: _merkle.nodeHash(trace),
                slots: 2,
                constants: 0,
                maxPasses: 4,
                passes: passes,
                inputBytes: 1,
                outputBytes: 1
            });
    }

    /// @notice A proof that opens operand 0: the input of a carry, the slot of a stop in pass 0.
    function proof(
        uint256 descriptor,
        bytes32[16] memory trace,
        uint8 shown
    ) internal view returns (StepProof memory made) {
        (made.descriptor, made.descriptorPath) = _descriptor(descriptor);
        made.tile = abi.encodePacked(shown);
        made.operands = new OperandOpening[](2);
        made.operands[0].tiles = new TileOpening[](1);
        made.operands[0].tiles[0].data = INPUT;
        if (descriptor == STOP) made.operands[0] = _slotZero(trace, 0, uint8(INPUT[0]));
    }

    /// @notice A proof about a carry that opens leaf `leaf` of the trace, which holds `value`, as operand 1.
    function carried(
        bytes32[16] memory trace,
        uint256 leaf,
        uint8 value,
        uint8 shown
    ) internal view returns (StepProof memory made) {
        made = proof(CARRY, trace, shown);
        made.operands[1] = _slotZero(trace, leaf, value);
    }

    function _slotZero(
        bytes32[16] memory trace,
        uint256 leaf,
        uint8 value
    ) private pure returns (OperandOpening memory opening) {
        opening.tiles = new TileOpening[](1);
        opening.tiles[0].data = abi.encodePacked(value);
        opening.rootPath = _siblings(trace, leaf);
    }

    function _stop(
        bytes32[16] memory trace,
        uint32 passes,
        uint256 pass,
        uint8 read,
        uint8 shown
    ) private view returns (Verdict) {
        StepProof memory made = proof(STOP, trace, shown);
        made.operands[0] = _slotZero(trace, 2 * pass, read);
        return _verdict(trace, passes, pass, STOP, shown, made);
    }

    function _verdict(
        bytes32[16] memory trace,
        uint32 passes,
        uint256 pass,
        uint256 slot,
        uint8 shown,
        StepProof memory made
    ) private view returns (Verdict) {
        Position memory position = Position(Section.Trace, 1, uint64(2 * pass + slot));
        bytes32 node = _merkle.tileHash(abi.encodePacked(shown));
        return _verifier.verify(claimOf(trace, passes), position, node, NodeKind.Tile, made);
    }

    function _refused(
        bytes32[16] memory trace,
        uint32 passes,
        uint256 pass,
        uint256 slot,
        uint8 shown,
        StepProof memory made
    ) private view {
        Position memory position = Position(Section.Trace, 1, uint64(2 * pass + slot));
        bytes32 node = _merkle.tileHash(abi.encodePacked(shown));
        try _verifier.verify(claimOf(trace, passes), position, node, NodeKind.Tile, made) {
            revert("accepted");
        } catch (bytes memory reason) {
            require(bytes4(reason) == IStepVerifier.WrongOpening.selector, "reason");
        }
    }

    function _descriptor(uint256 index) private view returns (bytes memory, bytes32[] memory) {
        return (descriptors()[index], _siblings(_descriptorLeaves(), index));
    }

    function _descriptorLeaves() private view returns (bytes32[16] memory leaves) {
        for (uint256 i = 0; i < 3; ++i) leaves[i] = _merkle.descriptorHash(descriptors()[i]);
    }

    function _siblings(bytes32[16] memory leaves, uint256 own) private pure returns (bytes32[] memory path) {
        path = new bytes32[](15);
        for (uint256 i = 0; i < 15; ++i) path[i] = leaves[i < own ? i : i + 1];
    }
}
