// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {StepVerifier} from "../../../contracts/StepVerifier.sol";
import {ElementJudge} from "../../../contracts/judges/ElementJudge.sol";
import {MovementJudge} from "../../../contracts/judges/MovementJudge.sol";
import {SumJudge} from "../../../contracts/judges/SumJudge.sol";

/// @notice The judge of every operator, with its judges.
function newStepVerifier() returns (StepVerifier) {
    return new StepVerifier(new SumJudge(), new ElementJudge(), new MovementJudge());
}
