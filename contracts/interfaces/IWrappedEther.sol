// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice What a token that wraps ether offers besides ERC-20.
interface IWrappedEther {
    /// @notice Mints as many tokens to the caller as it sends wei.
    function deposit() external payable;
}
