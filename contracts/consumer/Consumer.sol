// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

import {IConsumer} from "../interfaces/IConsumer.sol";
import {IInferenceMarket} from "../interfaces/IInferenceMarket.sol";
import {IStakeVault} from "../interfaces/IStakeVault.sol";
import {MerkleLib} from "../libraries/MerkleLib.sol";
import {FinalityLevel, Method, Request, RequestStatus} from "../types/Market.sol";

/// @title Base of contracts that buy inferences and use the results.
/// @notice Call `_request` to buy, override `_fulfil` to receive. The fee is paid in the vault's token by this contract;
/// what comes back of it (a request that nobody served, a result that was proven wrong) is a credit of this contract.
abstract contract Consumer is IConsumer {
    using SafeERC20 for IERC20;

    enum Progress {
        None, // not this contract's, or done with
        Pending,
        Provisional // fulfilled, and may be overturned
    }

    /// @notice Thrown when a provisional result was overturned and the contract does not say what to do then.
    error OverturnNotHandled(bytes32 requestId);

    IInferenceMarket internal immutable MARKET;
    IStakeVault internal immutable VAULT;
    IERC20 internal immutable TOKEN;

    mapping(bytes32 requestId => Progress) private _progress;
    uint64 private _salt;

    modifier onlyMarket() {
        require(msg.sender == address(MARKET), NotInferenceMarket(msg.sender));
        _;
    }

    constructor(IInferenceMarket market, IStakeVault vault) {
        MARKET = market;
        VAULT = vault;
        TOKEN = IERC20(vault.token());
    }

    /// @inheritdoc IConsumer
    function onInference(bytes32 requestId, FinalityLevel level, bytes calldata output) external onlyMarket {
        require(_progress[requestId] == Progress.Pending, UnknownRequest(requestId));
        _progress[requestId] = level == FinalityLevel.Final ? Progress.None : Progress.Provisional;
        _fulfil(requestId, level, output);
    }

    /// @inheritdoc IConsumer
    function onOverturned(bytes32 requestId) external onlyMarket {
        require(_progress[requestId] == Progress.Provisional, UnknownRequest(requestId));
        delete _progress[requestId];
        _overturned(requestId);
    }

    /// @inheritdoc IConsumer
    function onFailed(bytes32 requestId, RequestStatus status) external onlyMarket {
        require(_progress[requestId] == Progress.Pending, UnknownRequest(requestId));
        delete _progress[requestId];
        _failed(requestId, status);
    }

    // TO OVERRIDE

    /// @notice Receives the output of a request that `_request` made.
    function _fulfil(bytes32 requestId, FinalityLevel level, bytes calldata output) internal virtual;

    /// @notice Undoes what `_fulfil` did with a provisional result that turned out wrong. Contracts that ask for
    /// provisional results must override this; those that wait for final ones never see it.
    function _overturned(bytes32 requestId) internal virtual {
        revert OverturnNotHandled(requestId);
    }

    /// @notice Learns that a request ended without a result. The fee is a credit already, see `_claimCredit`.
    function _failed(bytes32 requestId, RequestStatus status) internal virtual {}

    // TO CALL

    /// @notice Buys an inference by any worker; the final result comes to `_fulfil` with `callbackGas`.
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
        return _requestAt(FinalityLevel.Final, programId, input, fee, version, callbackGas);
    }

    /// @notice The same at another finality level.
    /// @dev Warning: a provisional result may be wrong; `_overturned` must be able to undo what it led to.
    function _requestAt(
        FinalityLevel level,
        bytes32 programId,
        bytes memory input,
        uint96 fee,
        uint16 version,
        uint32 callbackGas
    ) internal returns (bytes32 requestId) {
        Request memory asked;
        asked.requester = address(this);
        asked.salt = ++_salt;
        asked.programId = programId;
        asked.inputRoot = MerkleLib.byteRootOf(input);
        asked.inputPosted = true;
        asked.fee = fee;
        asked.version = version;
        asked.method = Method.Optimistic;
        asked.level = level;
        asked.consumer = address(this);
        asked.callbackGas = callbackGas;
        TOKEN.forceApprove(address(VAULT), fee);
        requestId = MARKET.request(asked, input);
        _progress[requestId] = Progress.Pending;
    }

    /// @notice Takes back a request that nobody has claimed. What it asked stands in the market's event.
    function _cancel(Request memory asked) internal {
        delete _progress[MARKET.requestIdOf(asked)];
        MARKET.cancel(asked);
    }

    /// @notice Sends what this contract was refunded to `to`.
    function _claimCredit(address to) internal returns (uint256 amount) {
        return VAULT.claimCredit(to);
    }
}
