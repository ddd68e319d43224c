// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Channels} from "../../../../contracts/Channels.sol";
import {DisputeGame} from "../../../../contracts/DisputeGame.sol";
import {Epochs} from "../../../../contracts/Epochs.sol";
import {Equivocation} from "../../../../contracts/Equivocation.sol";
import {InferenceMarket} from "../../../../contracts/InferenceMarket.sol";
import {InputRequests} from "../../../../contracts/InputRequests.sol";
import {Parameters} from "../../../../contracts/Parameters.sol";
import {StakeVault} from "../../../../contracts/StakeVault.sol";
import {ICommitments} from "../../../../contracts/interfaces/ICommitments.sol";
import {Entry} from "../../../../contracts/types/Receipt.sol";
import {ArenaToken} from "./Token.sol";

/// @notice What actors stand on.
struct Ground {
    ArenaToken token;
    Parameters parameters;
    StakeVault vault;
    InferenceMarket market;
    DisputeGame game;
    Channels channels;
    DisputeGame receiptGame;
    Epochs epochs;
    InputRequests inputRequests;
    Equivocation equivocation;
    bytes32 programId;
}

/// @notice What the log says about a commitment.
struct Case {
    ICommitments source;
    DisputeGame on;
    address worker;
    bytes32 outputRoot;
    bytes32 inputRoot;
    bytes32 requestId; // zero for a receipt
    bytes32 channelId; // zero for a published answer
    uint96 fee;
    uint64 signedUntil; // of a receipt
    bool isWrong; // what only those know who execute the program
    bool isPrivate;
    bool isBound;
    bytes32[16] children; // of the bound root
}

struct PostedEpoch {
    uint64 epoch;
    Entry entry;
}

struct Demanded {
    bytes32 demandId;
    uint64 epoch;
    bytes32 channelId;
    uint32 index;
    bool isInclusion;
}

interface IActor {
    function enter(address arena, uint256 index) external;

    /// @notice Takes out what it can, step by step.
    function takeOut() external;
}

/// @notice Who gets its turn before time passes.
interface IHonest {
    function act() external;
}

/// @notice Who sees what others send before it is in a block.
interface IFrontRunner {
    function seen(address target, bytes calldata data) external;
}
