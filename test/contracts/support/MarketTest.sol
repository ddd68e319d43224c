// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IInferenceMarket} from "../../../contracts/interfaces/IInferenceMarket.sol";
import {IProgramRegistry} from "../../../contracts/interfaces/IProgramRegistry.sol";
import {Request, RequestStatus} from "../../../contracts/types/Market.sol";
import {ProtocolTest} from "./ProtocolTest.sol";

/// @notice What tests of the market say often.
abstract contract MarketTest is ProtocolTest {
    uint256 internal constant LOCK = 100e18;

    function status(Request memory asked) internal view returns (RequestStatus) {
        return stateOf(asked).status;
    }

    function retire() internal {
        IProgramRegistry.MalformedProof memory proof;
        proof.index = 3;
        proof.descriptor = descriptorAt(3);
        proof.path = descriptorPath(3);
        registry.proveMalformed(programId, proof);
    }

    function refuseMarket(address caller, bytes memory data, bytes memory expected) internal {
        refuse(caller, address(market), data, expected);
    }

    function wrongStatus(
        Request memory asked,
        RequestStatus given,
        RequestStatus required
    ) internal view returns (bytes memory) {
        return abi.encodeWithSelector(IInferenceMarket.WrongStatus.selector, idOf(asked), given, required);
    }

    function notAuthorized(address caller, address account_) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IInferenceMarket.NotAuthorized.selector, caller, account_);
    }

    function notReached(uint256 deadline) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IInferenceMarket.DeadlineNotReached.selector, deadline);
    }

    function passed(uint256 deadline) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IInferenceMarket.DeadlinePassed.selector, deadline);
    }

    function notActive() internal view returns (bytes memory) {
        return abi.encodeWithSelector(IProgramRegistry.ProgramNotActive.selector, programId);
    }
}
