// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

import {IConsumer} from "../interfaces/IConsumer.sol";
import {IInferenceMarket} from "../interfaces/IInferenceMarket.sol";
import {IStakeVault} from "../interfaces/IStakeVault.sol";
import {Method, RequestParams} from "../types/Market.sol";

/// @title Base of contracts that buy inferences and use the results.
/// @notice Call `_request` to buy, override `_fulfil` to receive. The fee is paid in the vault's token by this contract;
/// what comes back of it (a request that nobody served, a result that was proven wrong) is a credit of this contract.
abstract contract Consumer is IConsumer {
    using SafeERC20 for IERC20;

    IInferenceMarket internal immutable MARKET;
    IStakeVault internal immutable VAULT;
    IERC20 internal immutable TOKEN;

    mapping(bytes32 requestId => bool) private _isPending;

    constructor(IInferenceMarket market, IStakeVault vault) {
        MARKET = market;
        VAULT = vault;
        TOKEN = IERC20(vault.token());
    }

    /// @inheritdoc IConsumer
    function onInference(bytes32 requestId, bytes calldata output) external {
        require(msg.sender == address(MARKET), NotInferenceMarket(msg.sender));
        require(_isPending[requestId], UnknownRequest(requestId));
        delete _isPending[requestId];
        _fulfil(requestId, output);
    }

    /// @notice Receives the final output of a request that `_request` made.
    function _fulfil(bytes32 requestId, bytes calldata output) internal virtual;

    /// @notice Buys an inference by any worker; the result comes to `_fulfil` with `callbackGas`.
    /// @param programId The registered program to run.
    /// @param input The input bytes of the program.
    /// @param fee In token units; this contract must hold it.
    /// @param version The tier that governs the request.
    function _request(
        bytes32 programId,
        bytes memory input,
        uint96 fee,
        uint16 version,
        uint32 callbackGas
    ) internal returns (bytes32 requestId) {
        TOKEN.forceApprove(address(VAULT), fee);
        requestId = MARKET.request(
            RequestParams({
                programId: programId,
                input: input,
                fee: fee,
                version: version,
                method: Method.Optimistic,
                worker: address(0),
                consumer: address(this),
                callbackGas: callbackGas
            })
        );
        _isPending[requestId] = true;
    }

    /// @notice Takes back a request that nobody has claimed.
    function _cancel(bytes32 requestId) internal {
        delete _isPending[requestId];
        MARKET.cancel(requestId);
    }

    /// @notice Sends what this contract was refunded to `to`.
    function _claimCredit(address to) internal returns (uint256 amount) {
        return VAULT.claimCredit(to);
    }
}
