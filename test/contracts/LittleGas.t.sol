// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {StepVerifier} from "../../contracts/StepVerifier.sol";
import {ProgramHeader} from "../../contracts/types/Program.sol";
import {newStepVerifier} from "./support/newStepVerifier.sol";

/// @notice Whoever asks the judge says how much gas there is. Too little of it must never become an answer: a program would
/// be retired that is well formed, or kept that is not.
contract LittleGasTest {
    bytes private constant CAST = hex"06030100000002000101000000000101000000020000";
    bytes private constant COLLECT = hex"ff010100000008000100000000000301000000020000";
    bytes private constant SHIFTED = hex"06030100000002000101000000010101000000020000"; // an input at byte 1
    bytes private constant WIDER = hex"ff010100000008000100000000000401000000010000"; // reads an i64 [1]
    uint256 private constant ENOUGH = 120_000;
    uint256 private constant STEP = 61; // no divisor of what anything costs

    StepVerifier private _verifier;
    ProgramHeader private _header;

    function setUp() public {
        _verifier = newStepVerifier();
        _header = ProgramHeader({
            operatorSet: 1,
            slots: 1,
            constants: 0,
            maxPasses: 1,
            inputBytes: 2,
            outputBytes: 8,
            tensorDepth: 0
        });
    }

    function test_checkDescriptor_neverAnswersOutOfGas_S05() public view {
        _sweep(0, CAST, 0);
        _sweep(1, COLLECT, 0);
        _sweep(0, SHIFTED, 17);
        _sweep(0, hex"06", 1);
        _sweep(0, hex"", 1);
    }

    function test_checkOperand_neverAnswersOutOfGas_S05() public view {
        _sweepOperand(COLLECT, 0);
        _sweepOperand(WIDER, 29);
    }

    function _sweep(uint256 index, bytes memory descriptor, uint256 right) private view {
        ProgramHeader memory header = _header;
        uint256 answers = 0;
        for (uint256 limit = 500; limit < ENOUGH; limit += STEP) {
            try _verifier.checkDescriptor{gas: limit}(header, index, descriptor) returns (uint256 code) {
                require(code == right, "another answer");
                ++answers;
            } catch (bytes memory reason) {
                require(reason.length == 0, "a reason");
            }
        }
        require(answers > 0, "never enough");
    }

    function _sweepOperand(bytes memory consumer, uint256 right) private view {
        ProgramHeader memory header = _header;
        uint256 answers = 0;
        for (uint256 limit = 500; limit < ENOUGH; limit += STEP) {
            try _verifier.checkOperand{gas: limit}(header, 1, consumer, 0, CAST) returns (
                uint256 code,
                uint256 producer
            ) {
                require(code == right && producer == 0, "another answer");
                ++answers;
            } catch (bytes memory reason) {
                require(reason.length == 0, "a reason");
            }
        }
        require(answers > 0, "never enough");
    }
}
