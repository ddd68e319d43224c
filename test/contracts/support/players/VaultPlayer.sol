// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IProgramRegistry} from "../../../../contracts/interfaces/IProgramRegistry.sol";
import {IStakeVault} from "../../../../contracts/interfaces/IStakeVault.sol";
import {Request, RequestStatus} from "../../../../contracts/types/Market.sol";
import {ProgramStatus} from "../../../../contracts/types/Program.sol";
import {vm} from "../Vm.sol";
import {History} from "./History.sol";

/// @notice Stake that comes and goes, credits, burns, and the end of the program.
abstract contract VaultPlayer is History {
    struct Unbonding {
        uint256 amount;
        uint256 requestedAt;
    }

    Unbonding[] internal unbondings; // the worker's own, the oldest first; taken ones are zero
    uint256 private _taken;

    function unbond(uint96 amount) external {
        IStakeVault.Account memory a = account(WORKER);
        amount = uint96(amount % (2 * uint256(STAKE)));
        bool legal = amount > 0 && amount <= a.free && vault.tranches(WORKER).length < 16;
        bytes memory data = abi.encodeCall(vault.requestUnbond, (amount));
        if (!attempt(WORKER, address(vault), data, legal, "I-11: requestUnbond")) return;
        unbondings.push(Unbonding(amount, block.timestamp));
    }

    function withdraw() external {
        (uint256 due, uint256 upTo) = (0, _taken);
        for (; upTo < unbondings.length; ++upTo) {
            if (block.timestamp < unbondings[upTo].requestedAt + UNBONDING) break;
            due += unbondings[upTo].amount;
        }
        uint256 before = token.balanceOf(WORKER);
        bytes memory data = abi.encodeCall(vault.withdraw, ());
        if (!attempt(WORKER, address(vault), data, due > 0, "I-11: withdraw")) return;
        rule(token.balanceOf(WORKER) == before + due, "I-11: stake left before its delay");
        _taken = upTo;
    }

    /// @notice A stranger's stake for the worker adds, and does nothing else.
    function stakeFor(uint64 amount) external {
        if (amount == 0) return;
        bytes32 before = keccak256(abi.encode(vault.tranches(WORKER), vault.hasRole(WORKER, KEY, 3)));
        IStakeVault.Account memory a = account(WORKER);
        vm.prank(STRANGER);
        vault.stake(WORKER, amount);
        a.free += amount;
        rule(keccak256(abi.encode(a)) == keccak256(abi.encode(account(WORKER))), "I-14: amounts");
        bytes32 later = keccak256(abi.encode(vault.tranches(WORKER), vault.hasRole(WORKER, KEY, 3)));
        rule(before == later, "I-14: timers and keys");
    }

    function claimCredit(uint8 who) external {
        address[] memory all = people();
        address owner = all[who % all.length];
        uint256 due = credit(owner);
        bytes memory data = abi.encodeCall(vault.claimCredit, (owner));
        attempt(owner, address(vault), data, due > 0, "I-43: everybody gets its own credit");
    }

    function sweep() external {
        if (vault.pendingBurn() > 0) vault.sweepBurn();
    }

    /// @notice Retires the program (once in a while), then refunds.
    function retire(uint8 chance, uint8 which) external {
        if (chance % 64 == 0 && registry.isActive(programId)) {
            IProgramRegistry.MalformedProof memory proof;
            proof.index = 3;
            proof.descriptor = descriptorAt(3);
            proof.path = descriptorPath(3);
            registry.proveMalformed(programId, proof);
        }
        if (asked_.length == 0) return;
        Request memory r = asked_[next(which, RequestStatus.Claimed, RequestStatus.Committed)];
        RequestStatus s = stateOf(r).status;
        bool legal = registry.program(programId).status == ProgramStatus.Retired;
        legal = legal && s >= RequestStatus.Claimed && s <= RequestStatus.Committed;
        bytes memory data = abi.encodeCall(market.refundRetired, (r));
        attempt(KEEPER, address(market), data, legal, "S-05: refundRetired");
    }
}
