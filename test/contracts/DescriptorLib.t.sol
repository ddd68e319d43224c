// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {StepVerifier} from "../../contracts/StepVerifier.sol";
import {Rule} from "../../contracts/types/Descriptor.sol";
import {ProgramHeader} from "../../contracts/types/Program.sol";
import {newStepVerifier} from "./support/newStepVerifier.sol";

/// @notice Any bytes have a rule that they break, or none: the judge never panics over a descriptor.
contract DescriptorLibTest {
    StepVerifier private _verifier;

    bytes private constant CAST =
        hex"06" // opcode
        hex"0301000000020001" // out: i32, dims [2], layout [0], one operand
        hex"01000000000101000000020000"; // input at 0: u8, dims [2], layout [0]; no attributes

    function setUp() public {
        _verifier = newStepVerifier();
    }

    function header() internal pure returns (ProgramHeader memory) {
        return
            ProgramHeader({
                operatorSet: 1,
                slots: 20,
                constants: 2,
                maxPasses: 1,
                inputBytes: 2,
                outputBytes: 8,
                tensorDepth: 0
            });
    }

    function test_checkDescriptor_wellFormed_S05() public view {
        require(_verifier.checkDescriptor(header(), 0, CAST) == 0, "cast");
    }

    function test_checkDescriptor_everyPrefix_isTruncated_S05() public view {
        for (uint256 length = 0; length < CAST.length; ++length) {
            require(
                _verifier.checkDescriptor(header(), 0, _prefix(CAST, length)) == Rule.TRUNCATED,
                "prefix"
            );
        }
    }

    function test_checkDescriptor_anyByteAfter_isLeftOver_S05() public view {
        bytes memory longer = bytes.concat(CAST, hex"00");
        require(_verifier.checkDescriptor(header(), 0, longer) == Rule.BYTES_LEFT_OVER, "longer");
    }

    function test_checkDescriptor_placesOfCollect_S05() public view {
        require(_verifier.checkDescriptor(header(), 20, CAST) == Rule.MISPLACED, "cast is last");
        bytes memory collect = hex"ff0101000000080001000000000303010000000200_00";
        require(_verifier.checkDescriptor(header(), 20, collect) == 0, "collect is last");
        require(_verifier.checkDescriptor(header(), 19, collect) == Rule.MISPLACED, "collect is not");
    }

    function test_checkDescriptor_placesOfStop_S05() public view {
        bytes memory stop = hex"fe_01010000000100_01_0000000003_01010000000100_00";
        ProgramHeader memory iterated = header();
        require(_verifier.checkDescriptor(iterated, 19, stop) == Rule.MISPLACED, "one pass");
        iterated.maxPasses = 2;
        require(_verifier.checkDescriptor(iterated, 19, stop) == 0, "stop");
        require(_verifier.checkDescriptor(iterated, 18, stop) == Rule.MISPLACED, "stop is not last");
        require(_verifier.checkDescriptor(iterated, 20, stop) == Rule.MISPLACED, "stop for collect");
        require(_verifier.checkDescriptor(iterated, 19, CAST) == Rule.MISPLACED, "no stop");
        require(_verifier.checkDescriptor(iterated, type(uint256).max, stop) == Rule.MISPLACED, "nowhere");
        iterated.slots = 0;
        require(_verifier.checkDescriptor(iterated, type(uint256).max, stop) == Rule.MISPLACED, "no slot");
    }

    function test_checkDescriptor_carry_S05() public view {
        bytes memory byte_ = hex"01010000000100";
        bytes memory head = bytes.concat(hex"fd", byte_, hex"02_0100000000", byte_);
        bytes memory later = bytes.concat(head, hex"00_00000013", byte_, hex"00");
        require(_verifier.checkDescriptor(header(), 3, later) == 0, "goes on with a later slot");
        bytes memory beyond = bytes.concat(head, hex"00_00000014", byte_, hex"00");
        require(_verifier.checkDescriptor(header(), 3, beyond) == Rule.SLOT_NOT_EARLIER, "no slot");
        bytes memory constant_ = bytes.concat(head, hex"02_00000000", byte_, hex"00");
        require(_verifier.checkDescriptor(header(), 3, constant_) == Rule.OPERAND_SOURCES, "a constant");
        bytes memory slot = bytes.concat(hex"fd", byte_, hex"02_0000000000", byte_);
        slot = bytes.concat(slot, hex"00_00000003", byte_, hex"00");
        require(_verifier.checkDescriptor(header(), 3, slot) == Rule.OPERAND_SOURCES, "begins with a slot");
    }

    function test_checkDescriptor_boolOfNoSlot_isRefused_S05() public view {
        bytes memory whole = hex"06_01010000000100_01_0000000002_09010000000100_00";
        require(_verifier.checkDescriptor(header(), 3, whole) == 0, "a slot");
        whole[8 + 1] = 0x02;
        whole[8 + 5] = 0x00;
        require(_verifier.checkDescriptor(header(), 3, whole) == Rule.UNKNOWN_SOURCE, "a constant");
    }

    function testFuzz_checkDescriptor_anyBytes_hasACode_S05(bytes calldata data, uint8 index) public view {
        require(_verifier.checkDescriptor(header(), index, data) < Rule.PRODUCER_DIFFERS, "code");
    }

    function testFuzz_checkDescriptor_anyChange_hasACode_S05(
        uint8 start,
        bytes32 bits,
        uint8 size
    ) public view {
        bytes memory data = CAST;
        for (uint256 i = start; i < data.length && i < uint256(start) + (size % 8) + 1; ++i)
            data[i] = bits[i % 32];
        require(_verifier.checkDescriptor(header(), 0, data) < Rule.PRODUCER_DIFFERS, "code");
    }

    function testFuzz_checkOperand_anyBytes_hasACode_S05(
        bytes calldata a,
        uint8 operand,
        bytes calldata b
    ) public view {
        (uint256 code, ) = _verifier.checkOperand(header(), 0, a, operand, b);
        require(code <= Rule.PRODUCER_DIFFERS, "code");
    }

    /// A check that runs out of gas says nothing about the descriptor: it reverts instead of naming a rule.
    function testFuzz_checkDescriptor_littleGas_reverts_S05(uint16 gasLimit) public view {
        try _verifier.checkDescriptor{gas: gasLimit}(header(), 0, CAST) returns (uint256 code) {
            require(code == 0, "code");
        } catch {}
    }

    function _prefix(bytes memory data, uint256 length) private pure returns (bytes memory prefix) {
        prefix = new bytes(length);
        for (uint256 i = 0; i < length; ++i) prefix[i] = data[i];
    }
}
