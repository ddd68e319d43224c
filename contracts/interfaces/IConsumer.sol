// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {FinalityLevel, RequestStatus} from "../types/Market.sol";

/// @title A contract that receives the result of an inference.
/// @dev Warning: anyone may make a request that names any consumer. Act only on requests that you made yourself.
/// Warning: a call that reverts or runs out of gas may be made again by anyone until it succeeds, then never again.
interface IConsumer {
    /// @notice Thrown when the caller is not the market.
    error NotInferenceMarket(address caller);

    /// @notice Thrown when a call comes for a request that the consumer did not make or is done with.
    error UnknownRequest(bytes32 requestId);

    /// @notice Takes the output of a request, once: at the level that the request named, or as final if that is reached.
    function onInference(bytes32 requestId, FinalityLevel level, bytes calldata output) external;

    /// @notice A result that was taken before it was final has been proven wrong or refunded.
    function onOverturned(bytes32 requestId) external;

    /// @notice The request ended without a result: expired, cancelled, refunded or slashed. The fee is a credit.
    function onFailed(bytes32 requestId, RequestStatus status) external;
}
