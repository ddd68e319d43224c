// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ICommitments} from "./interfaces/ICommitments.sol";
import {IEquivocation} from "./interfaces/IEquivocation.sol";
import {Terms} from "./types/Commitment.sol";

/// @title Equivocation: two different answers of one worker to one question slash at once.
/// @dev Holds no tokens and keeps no state. Trusts the market and the channels on what an opening proves and on what has ended;
/// evidence that has ended counts all the same.
contract Equivocation is IEquivocation {
    address internal immutable MARKET;
    address internal immutable CHANNELS;

    constructor(ICommitments market, ICommitments channels) {
        MARKET = address(market);
        CHANNELS = address(channels);
    }

    /// @inheritdoc IEquivocation
    function expose(
        address firstSource,
        bytes calldata firstOpening,
        address secondSource,
        bytes calldata secondOpening
    ) external {
        (bytes32 first, Terms memory one) = _source(firstSource).proven(firstOpening);
        (bytes32 second, Terms memory other) = _source(secondSource).proven(secondOpening);
        // INVARIANT (S-11, I-31): one worker, one question, two answers. The number of passes is part of the question: prefixes
        // of one stream differ in it.
        // GUARD: S-11
        require(
            one.worker == other.worker &&
                one.programId == other.programId &&
                one.inputRoot == other.inputRoot &&
                one.passes == other.passes &&
                one.outputRoot != other.outputRoot,
            NotEquivocation(first, second)
        );

        bool firstSlashed = _slash(firstSource, first, firstOpening);
        bool secondSlashed = _slash(secondSource, second, secondOpening);
        // INVARIANT (I-24): what has ended stays as it is.
        require(firstSlashed || secondSlashed, NothingToSlash(first, second));
        emit Equivocated(one.worker, first, second, firstSlashed, secondSlashed);
    }

    /// @dev Slashes a commitment that can still be held; nobody is slashed where the program was retired.
    function _slash(address source, bytes32 commitId, bytes calldata opening) internal returns (bool) {
        try ICommitments(source).hold(commitId, opening, msg.sender) {
            return ICommitments(source).slash(commitId, msg.sender);
        } catch {
            return false;
        }
    }

    function _source(address source) internal view returns (ICommitments) {
        require(source == MARKET || source == CHANNELS, UnknownSource(source));
        return ICommitments(source);
    }
}
