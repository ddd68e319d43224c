// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title A contract that receives the final output of an inference.
interface IConsumer {
    /// @notice Thrown when the caller is not the market.
    error NotInferenceMarket(address caller);

    /// @notice Thrown when an output arrives for a request that the consumer did not make or has received before.
    error UnknownRequest(bytes32 requestId);

    /// @notice Takes the output of a finalized request. Called by the market at most once per request, with the gas that
    /// the request promised.
    /// @dev Warning: anyone may make a request that names any consumer. Act only on requests that you made yourself.
    /// Warning: a call that reverts or runs out of gas is not repeated; the output stays readable from the chain.
    function onInference(bytes32 requestId, bytes calldata output) external;
}
